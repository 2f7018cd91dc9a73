import { describe, expect, it } from "vitest";
import { diffScenarios } from "../../../cli/diff/changes.ts";
import { diffText } from "../../../cli/diff/words.ts";
import { type Config, configSchema } from "../../../infra/config/schema.ts";

const base: Config = configSchema.parse({
  ...{ mainDriver: "virtio-bridge", backgroundVms: 2, backgroundDriver: "pci-passthrough" },
  ...{ loadType: "cpu", loadLocation: "sender", runs: 1 },
});
const between = (to: Partial<Config>, from: Partial<Config> = {}) =>
  diffScenarios({ ...base, ...from }, { ...base, ...from, ...to });

describe("the difference of two scenarios", () => {
  it("is nothing between equal ones, also where what differs means nothing", async () => {
    const { factors, changes } = await between(
      { loadLocation: "responder", loadType: "network" },
      { backgroundVms: 0 },
    );
    expect(factors).toEqual([]);
    expect({ ...changes, untouched: [] }).toEqual({ made: [], replaced: [], updated: [], removed: [], untouched: [] });
  });

  it("is the runs alone where ping is asked for another frequency", async () => {
    const { factors, changes } = await between({ pingRatePps: 1_000_000 });
    expect(factors).toEqual([{ key: "pingRatePps", from: 1000, to: 1_000_000 }]);
    expect(changes).toMatchObject({ made: [], replaced: ["run-01"], updated: [], removed: [] });
  });

  it("touches no VM where another load is asked for", async () => {
    const { changes } = await between({ loadType: "none" }, { loadType: "network" });
    expect(changes).toMatchObject({ made: [], replaced: ["load-running", "run-01"], updated: [], removed: [] });
  });

  it("makes the new VMs of a fleet that grows, and none of the others", async () => {
    const { changes } = await between({ backgroundVms: 4 });
    expect(changes).toMatchObject({
      made: ["sender-rtt-bg-003", "sender-rtt-bg-004"],
      replaced: ["load-running", "run-01"],
      updated: ["sender-background-ready", "sender-slots"],
      removed: [],
    });
  });

  it("makes the Main VMs anew where their driver changes, and leaves load and background VMs", async () => {
    const { changes } = await between({ mainDriver: "macvtap-passthrough" });
    expect(changes.replaced).toEqual(["responder-rtt-main", "run-01", "sender-rtt-main"]);
    expect(changes.untouched).toEqual(expect.arrayContaining(["load-running", "sender-rtt-bg-001", "sender-nic-pf0"]));
  });

  it("is said in words", async () => {
    const to: Partial<Config> = { backgroundVms: 4, runs: 2, hosts: "rack.json" };
    expect(diffText("a", "b", await between(to))).toBe(`factors
  background.vms: 2 -> 4
settings that are no factors
  hosts: .lab/hosts.json -> rack.json
  runs: 1 -> 2
The stacks use other servers: this compares what they declare on the same ones.
changing a into b
  made:      background VMs of the sender (2), runs
  made anew: load, runs
  untouched: server responder (4), server sender (4), Main VM of the responder, Main VM of the sender, background VMs of the sender (2)`);
  });
});
