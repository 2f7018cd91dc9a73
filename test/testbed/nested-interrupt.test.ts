import { beforeAll, describe, expect, it } from "vitest";
import { ensureImages, type Images } from "../../emulator/images/ensure.ts";
import { cacheDir } from "../../lib/paths.ts";
import { plainProgress } from "../../lib/progress.ts";
import { injections } from "../support/injection/injections.ts";

let images: Images;

beforeAll(async () => {
  images = await ensureImages({ cache: cacheDir(), progress: plainProgress });
});

describe("an interrupt that is injected into a nested guest", () => {
  it("comes twice on QEMU as it is, whenever QEMU leaves the guest before the guest's next exit", async () => {
    const { injected, exits, delivered } = await injections(images.qemu, { timerUs: 10 });
    expect([injected, exits]).toEqual([500, 500]);
    expect(delivered).toBeGreaterThan(950);
    // Fewer reasons to leave it, fewer interrupts that come twice.
    const { delivered: seldom } = await injections(images.qemu, { timerUs: 1000 });
    expect(seldom).toBeGreaterThan(500);
    expect(seldom).toBeLessThan(delivered);
  });

  it.each([[{ timerUs: 10 }], [{ timerUs: 100 }], [{ timerUs: 1000 }], ["counting"], ["wall"]] as const)(
    "comes once with the plugin: %j",
    async (mode) => {
      if (!images.plugin.file) throw new Error(`no plugin: ${images.plugin.missing}`);
      const counts = await injections(images.qemu, mode, images.plugin.file);
      expect(counts).toEqual({ injected: 500, exits: 500, delivered: 500 });
    },
  );
});
