import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { vfInterface, vfPciAddress, vfPlaceOf, vfsForBackground } from "../../infra/plan/placement.ts";
import { identityOf } from "../../infra/vm/addresses.ts";
import { attachments, drivers, mainDrivers, takesVf } from "../../infra/vm/drivers.ts";

const pfs = fc
  .array(fc.integer({ min: 0, max: 64 }), { minLength: 1, maxLength: 4 })
  .map((all) => all.map((vfs) => ({ vfs })));
const total = (all: { vfs: number }[]) => all.reduce((sum, { vfs }) => sum + vfs, 0);

describe("which VF is whose", () => {
  it("gives every VM of a fleet that fits a VF of its own, on a PF that has it", () => {
    fc.assert(
      fc.property(pfs, fc.boolean(), (all, mainHasVf) => {
        fc.pre(total(all) > 0);
        const fleet = vfsForBackground(all, mainHasVf);
        const indices = [...(mainHasVf ? [0] : []), ...Array.from({ length: fleet }, (_, index) => index + 1)];
        const places = indices.map((index) => vfPlaceOf(all, index));
        for (const { pf, vf } of places) expect(vf).toBeLessThan(all[pf]?.vfs ?? 0);
        expect(new Set(places.map(vfInterface)).size).toBe(indices.length);
        expect(indices.length).toBe(total(all));
      }),
    );
  });

  it("gives Main endpoints of every kind, and background VMs, a VF and addresses that no other of the server has", () => {
    const site = {
      pair: 1,
      role: "sender" as const,
      bridge: "rtt0",
      vfAddress: (pf: string, vf: number) => `${pf}.${vf}`,
    };
    fc.assert(
      fc.property(pfs, fc.constantFrom(...mainDrivers), fc.constantFrom(...drivers), (all, main, background) => {
        fc.pre(total(all) > 0);
        const host = { pfs: all.map(({ vfs }, index) => ({ name: `pf${index}`, vfs })) };
        const fleet = takesVf(background) ? vfsForBackground(all, takesVf(main)) : 3;
        const places = Array.from({ length: fleet + 1 }, (_, index) => {
          const { port, hostSwitch } = attachments[index === 0 ? main : background];
          const { mac } = identityOf(site, index);
          return hostSwitch.placeOf({ ...site, host }, { index, mac, port, vlan: 0 }).fields;
        });
        const onVfs = places.filter(({ kind }) => kind === "vf");
        expect(onVfs).toHaveLength((takesVf(main) ? 1 : 0) + (takesVf(background) ? fleet : 0));
        for (const fields of [["pf", "vf"], ["pci"], ["vf_mac"]])
          expect(new Set(onVfs.map((place) => fields.map((field) => place[field]).join())).size).toBe(onVfs.length);
        expect(new Set(places.map(({ mac }) => mac)).size).toBe(places.length);
      }),
    );
  });

  it("never moves a VF that is in use: VFs that are added behind change nobody's, but for the last of a full fleet", () => {
    fc.assert(
      fc.property(pfs, fc.integer({ min: 1, max: 8 }), fc.nat(300), (all, more, index) => {
        fc.pre(index < total(all));
        expect(vfPlaceOf([...all, { vfs: more }], index)).toEqual(vfPlaceOf(all, index));
      }),
    );
    // The Main VM's VF is never a background VM's but where a fleet takes all of them.
    expect(vfPlaceOf([{ vfs: 7 }], 0)).toEqual({ pf: 0, vf: 0 });
    expect(vfPlaceOf([{ vfs: 7 }], 6)).toEqual({ pf: 0, vf: 6 });
    expect(vfPlaceOf([{ vfs: 7 }], 7)).toEqual({ pf: 0, vf: 0 });
    expect(vfPlaceOf([{ vfs: 2 }, { vfs: 2 }], 3)).toEqual({ pf: 1, vf: 1 });
  });

  it("refuses a VM that can have none", () => {
    for (const [all, index] of [
      [[{ vfs: 7 }], 8],
      [[{ vfs: 0 }], 0],
      [[{ vfs: 3 }], -1],
      [[{ vfs: 3 }], 1.5],
    ] as const)
      expect(() => vfPlaceOf(all, index)).toThrow(/can have no VF/);
  });

  it("has names that Linux takes: at most 15 characters", () => {
    expect(vfInterface({ pf: 7, vf: 255 }).length).toBeLessThanOrEqual(15);
  });
});

describe("PCI addresses of VFs", () => {
  it("are those that NICs have: X540 (offset 128, stride 2), E810 (8, 1), 82576 (384, 2)", () => {
    expect(vfPciAddress("0000:01:00.0", 128, 2, 0)).toBe("0000:01:10.0");
    expect(vfPciAddress("0000:01:00.1", 128, 2, 62)).toBe("0000:01:1f.5");
    expect(vfPciAddress("0000:af:00.0", 8, 1, 7)).toBe("0000:af:01.7");
    expect(vfPciAddress("0000:01:00.0", 384, 2, 1)).toBe("0000:02:10.2");
  });

  it("are all different", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 8 }), (offset, stride) => {
        const all = Array.from({ length: 64 }, (_, vf) => vfPciAddress("0000:01:00.0", offset, stride, vf));
        expect(new Set(all).size).toBe(64);
        for (const address of all) expect(address).toMatch(/^0000:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/);
      }),
    );
  });

  it("of a PF that has none are refused", () => {
    expect(() => vfPciAddress("eth0", 128, 2, 0)).toThrow(/"eth0" is no PCI address/);
  });
});
