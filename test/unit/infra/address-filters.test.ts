import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inventorySchema } from "../../../infra/config/hosts.ts";
import { configSchema } from "../../../infra/config/schema.ts";
import { addressFilterProblems, addressFiltersNeeded } from "../../../infra/plan/address-filters.ts";
import { capacityProblems } from "../../../infra/plan/capacity.ts";
import { planOf } from "../../../infra/plan/plan.ts";
import { problemLine } from "../../../study/problem.ts";

const hostWith = (address: string, pf: object) => ({
  address,
  privateKeyFile: "/key",
  hostKey: "ssh-ed25519 AAAA",
  pfs: [{ name: "pf0", vfs: 7, totalVfs: 63, ...pf }],
});
const inventoryWith = (pf: object) =>
  inventorySchema.parse({
    fidelity: "hardware",
    hosts: { sender: hostWith("192.0.2.1", pf), responder: hostWith("192.0.2.2", pf) },
  });
const planFor = (config: object) => planOf(configSchema.parse(config));

/** The paper's largest level: 128 VMs on each server's bridge, under network load. */
const largest = { mainDriver: "virtio-bridge", backgroundVms: 128, loadType: "network" };
const returning = { returnsOwnFrames: true, addressFilters: 24 };

describe("entries of a NIC's address filter", () => {
  it("are needed by no VM of a NIC that returns nothing: the paper's largest level fits its X540", () => {
    const x540 = inventoryWith({ vfs: 63, addressFilters: 128 });
    expect(addressFiltersNeeded(x540.hosts.sender, planFor(largest).sender)).toBe(0);
    expect(capacityProblems(x540, planFor(largest))).toEqual([]);
  });

  it.each([
    [{ mainDriver: "virtio-bridge" }, 1],
    [{ mainDriver: "pci-passthrough" }, 0],
    [{ ...largest, backgroundVms: 8 }, 9],
    [{ ...largest, backgroundVms: 8, mainDriver: "macvtap-passthrough" }, 8],
    [{ ...largest, backgroundVms: 4, backgroundDriver: "macvtap-passthrough" }, 1],
    [{ ...largest, backgroundVms: 8, loadType: "cpu", loadLocation: "sender" }, 9],
    [{ ...largest, backgroundVms: 8, loadType: "none" }, 9],
  ])(
    "are needed by VMs on the bridge, whatever they do, where the NIC returns its PF's frames: %j takes %i",
    (config, needed) => {
      expect(addressFiltersNeeded(inventoryWith(returning).hosts.sender, planFor(config).sender)).toBe(needed);
    },
  );

  it("are refused before anything is touched where there are too few, by key, value and what is allowed", () => {
    const [problem, ...more] = capacityProblems(
      inventoryWith(returning),
      planFor({ ...largest, backgroundVms: 15 }),
    ).map(problemLine);
    expect(problem).toBe(
      "backgroundVms: 15 on virtio-bridge need 16 address filters at the sender, the Main VM's included, and the filter of pf0 holds 24 addresses, 15 of them beside those of 7 VFs and its own; allowed: at most 14, a driver on a VF, or fewer vfs there",
    );
    expect(more).toEqual([problem?.replace("the sender", "the responder")]);
    expect(capacityProblems(inventoryWith(returning), planFor({ ...largest, backgroundVms: 14 }))).toEqual([]);
    const none = inventoryWith({ ...returning, addressFilters: 9 });
    const plan = planFor({ mainDriver: "virtio-bridge" }).sender;
    expect(addressFilterProblems("sender", none.hosts.sender, plan)).toMatchObject([
      {
        key: "mainDriver",
        found: expect.stringMatching(/^virtio-bridge needs an address filter at the sender, /),
        allowed: expect.stringMatching(/^a driver on a VF/),
      },
    ]);
  });

  it("are allowed up to the number that the refusal names, and no further", () => {
    const counts = { filters: fc.integer({ min: 1, max: 140 }), vfs: fc.integer({ min: 0, max: 63 }) };
    fc.assert(
      fc.property(fc.record({ ...counts, vms: fc.integer({ min: 1, max: 128 }) }), ({ filters, vfs, vms }) => {
        const inventory = inventoryWith({ vfs, returnsOwnFrames: true, addressFilters: filters });
        const problemsOf = (backgroundVms: number) =>
          addressFilterProblems("sender", inventory.hosts.sender, planFor({ ...largest, backgroundVms }).sender);
        const [problem] = problemsOf(vms);
        expect(problem === undefined).toBe(vms + 1 <= Math.max(0, filters - vfs - 2));
        const most = Number(/at most (\d+)/.exec(problem?.allowed ?? "")?.[1] ?? 0);
        if (most > 0) expect([problemsOf(most), problemsOf(most + 1).length]).toEqual([[], 1]);
      }),
    );
  });

  it("are not counted where nobody has stated them", () => {
    expect(capacityProblems(inventoryWith({ returnsOwnFrames: true }), planFor(largest))).toEqual([]);
  });
});
