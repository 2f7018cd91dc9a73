import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configSchema } from "../../../infra/config/schema.ts";
import { identityOf } from "../../../infra/vm/addresses.ts";
import { kernelWords } from "../../../infra/vm/kernel-words.ts";
import { factorCellsOf } from "../../../study/factor-columns.ts";
import { factorProblems, factorTable, mainLinkSettings } from "../../../study/factors.ts";
import { scenarioOf } from "../../../study/scenario.ts";

const configured = (own: object = {}) => configSchema.parse({ mainDriver: "virtio-bridge", ...own });
const wordsOf = (own?: object) =>
  kernelWords({
    identity: identityOf({ pair: 1, role: "sender" }, 0),
    module: "virtio_net",
    links: mainLinkSettings({ ...configured(own) }),
    neighbours: [],
  });

describe("the MTU of the Main VMs", () => {
  it("is told to their guests where it is another than every device has", () => {
    expect(wordsOf({ mtu: 1400 })).toContain("lab.link=mtu,1400");
    expect(wordsOf({ mtu: 1500 })).toEqual(wordsOf());
    expect(wordsOf().join(" ")).not.toContain("lab.link");
  });

  it("makes another scenario, and none where it is the usual one", () => {
    const usual = scenarioOf(configured());
    expect(scenarioOf(configured({ mtu: 1500 }))).toEqual(usual);
    expect(usual.factors.guest).not.toHaveProperty("mtu");
    const other = scenarioOf(configured({ mtu: 1400 }));
    expect(other.name).toContain("_mtu1400_");
    expect(other.sha256).not.toBe(usual.sha256);
    expect(factorCellsOf(usual.factors, factorTable).guest_mtu).toBe(1500);
    expect(factorCellsOf(other.factors, factorTable).guest_mtu).toBe(1400);
  });

  it("is refused where a frame of the scenario would go in fragments, and where servers would need it too", () => {
    expect(factorProblems({ ...configured({ mtu: 1400, frameBytes: 1419 }) })).toEqual([
      {
        key: "mtu",
        value: 1400,
        found: "1400 does not hold the packet in a frame of 1419 bytes, which would go in fragments",
        allowed: "at least 1401, or a smaller frameBytes",
      },
    ]);
    expect(() => configured({ mtu: 9000 })).toThrow(/<=1500/);
    fc.assert(
      fc.property(fc.integer({ min: 68, max: 1500 }), fc.integer({ min: 64, max: 1518 }), (mtu, frameBytes) => {
        // What a frame carries: all but its 14 bytes of header and 4 of check sequence.
        const fits = frameBytes - 14 - 4 <= mtu;
        expect(factorProblems({ ...configured({ mtu, frameBytes }) }).length).toBe(fits ? 0 : 1);
      }),
    );
  });
});
