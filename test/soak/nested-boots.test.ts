import { expect, it } from "vitest";
import { ensureImages } from "../../emulator/images/ensure.ts";
import { cacheDir } from "../../lib/paths.ts";
import { plainProgress } from "../../lib/progress.ts";
import { nestedBoots } from "../support/nested-boots.ts";

const options = { cache: cacheDir(), port: 2303, boots: 200, countInstructions: true };

/** A nested boot is three seconds of a server that counts instructions, and half a minute of a quiet machine. */
const patient = { timeout: 6 * 3_600_000 };

it("nested guests hang on QEMU as it is when it counts instructions", patient, async () => {
  const images = await ensureImages({ cache: cacheDir(), progress: plainProgress });
  const plain = { ...images, plugin: { missing: "left out to see what it cures" } };
  expect(await nestedBoots({ ...options, images: plain })).toMatchObject({ hung: true });
});

it.each([true, false])(
  "200 nested guests boot with the plugin (QEMU counts instructions: %s)",
  patient,
  async (count) => {
    const images = await ensureImages({ cache: cacheDir(), progress: plainProgress });
    expect(await nestedBoots({ ...options, images, countInstructions: count })).toEqual({ booted: 200, hung: false });
  },
);
