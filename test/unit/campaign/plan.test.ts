import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readExperiments } from "../../../cli/campaign/experiment.ts";
import { planText } from "../../../cli/campaign/list.ts";
import { parseOnly } from "../../../cli/campaign/only.ts";
import { assumedInventory, planCampaign } from "../../../cli/campaign/plan.ts";
import { capacityProblems, vfsNeeded } from "../../../infra/plan/capacity.ts";
import { planOf } from "../../../infra/plan/plan.ts";
import { canonicalJson } from "../../../lib/canonical.ts";
import { scenarioOf } from "../../../study/scenario.ts";
import { ids, planned, serversWith } from "./planned.ts";

describe("the number of scenarios", () => {
  // Per arm and frequency: one without background VMs, and one for each number of VMs, load type and location.
  it.each([
    ["baseline", "paper", 2 * 2 * (1 + 4 * 2 * 2)],
    ["macvtap", "paper", 2 * 2 * (1 + 4 * 2 * 2)],
    ["connection", "paper", 3 * 2 * (1 + 4 * 2 * 2)],
    ["competition", "paper", 3 * 2 * (1 + 3 * 2 * 2)],
    ["baseline", "emulated", 2 * 2 * (1 + 2 * 2 * 2)],
    ["macvtap", "emulated", 2 * 2 * (1 + 2 * 2 * 2)],
    ["connection", "emulated", 3 * 2 * (1 + 2 * 2 * 2)],
    ["competition", "emulated", 3 * 2 * (1 + 2 * 2 * 2)],
  ])("of %s in the profile %s is %i", (id, profile, count) => {
    expect(planned([id], profile).scenarios).toHaveLength(count);
  });

  it("of all four counts what two of them share once", () => {
    // Four drivers beside a bridge; three arms of competition, whose scenarios without background VMs are there already.
    expect(planned(ids, "paper").scenarios).toHaveLength(4 * 2 * 17 + 3 * 2 * 12);
    const shared = planned(["baseline", "macvtap"], "emulated").scenarios.filter(({ wantedBy }) => wantedBy.length > 1);
    expect(shared).toHaveLength(2 * 9);
    expect(shared[0]?.wantedBy).toEqual([
      { experiment: "baseline", arm: "Bridge" },
      { experiment: "macvtap", arm: "Bridge" },
    ]);
  });
});

it("each scenario of disturbance has partners that differ in captures alone, and one that differs in mpstat alone", () => {
  const { scenarios } = planned(["disturbance"], "emulated");
  expect(scenarios).toHaveLength(2 * 3 * 2);
  const others = (key: "packetCapture" | "cpuSampling") =>
    scenarios.map(({ factors }) => {
      const without = (record: typeof factors) => canonicalJson({ ...record, [key]: null });
      return scenarios.filter((other) => other.factors !== factors && without(other.factors) === without(factors))
        .length;
    });
  expect(new Set(others("packetCapture"))).toEqual(new Set([2]));
  expect(new Set(others("cpuSampling"))).toEqual(new Set([1]));
});

describe("a part of a plan", () => {
  it("is the scenarios that have the values asked for", () => {
    const all = planned(["baseline"], "emulated").scenarios;
    const only = [parseOnly("mainDriver=e1000-bridge"), parseOnly("backgroundVms=2")];
    const part = planned(["baseline"], "emulated", { only }).scenarios;
    expect(part.length).toBeGreaterThan(0);
    expect(part.map(({ hash }) => hash)).toEqual(
      all
        .filter(({ factors }) => factors.mainDriver.sender === "e1000-bridge" && factors.background?.vms === 2)
        .map(({ hash }) => hash),
    );
    expect(() => planned(["baseline"], "emulated", { only: [parseOnly("mainDriver=pci-passthru")] })).toThrow(
      "--only mainDriver=pci-passthru is not allowed: no scenario of the plan has it; there are: mainDriver e1000-bridge, virtio-bridge",
    );
    expect(planned(["baseline"], "emulated", { only, limit: 1 }).scenarios).toHaveLength(1);
  });

  it("says how far each is where something was measured", () => {
    const plan = planned(["baseline"], "emulated", { limit: 2 });
    expect(planText(plan)).not.toContain("done");
    const text = planText(plan, new Map([[plan.scenarios[0]!.hash, { done: 3, minutes: 1.5 }]]));
    expect(text).toMatch(/ done +min +for\n +1 +\S+ .* 8 x 2 +3 +1\.5 +baseline E1000\n/);
  });
});

describe("substitution", () => {
  it("makes 64 of the competition what the VFs of an X540 allow, and says so", () => {
    const { substitutions, scenarios } = planned(["competition"], "paper");
    expect(substitutions.map(({ arm, from, to }) => [arm, from, to])).toEqual([
      ["PCI", 64, 62],
      ["MacVTap", 64, 62],
      ["PCI-BG", 64, 63],
    ]);
    expect(substitutions[0]?.why).toBe(
      "a background VM on pci-passthrough takes a VF, and a server has 63, of which the Main VM takes 1",
    );
    expect(Math.max(...scenarios.map(({ vfs }) => vfs.sender))).toBe(63);
    expect(planText(planned(["competition"], "paper"))).toContain(
      "competition PCI-BG: 63 background VMs in place of 64: a background VM on pci-passthrough takes a VF, and a server has 63, none of them the Main VM's",
    );
  });

  it("leaves VMs on the bridge alone", () => {
    expect(planned(["baseline", "macvtap", "connection"], "paper").substitutions).toEqual([]);
  });

  it("merges levels that become the same number", () => {
    const { scenarios, substitutions } = planned(["competition"], "paper", { inventory: serversWith(9, 9) });
    const levels = new Set(scenarios.map(({ factors }) => factors.background?.vms ?? 0));
    expect([...levels].sort()).toEqual([0, 8, 9]);
    expect(substitutions.filter(({ arm }) => arm === "PCI")).toEqual([
      expect.objectContaining({ from: 32, to: 8 }),
      expect.objectContaining({ from: 64, to: 8 }),
    ]);
  });

  it("names the server that has fewer", () => {
    const { substitutions } = planned(["competition"], "paper", { inventory: serversWith(63, 20) });
    expect(substitutions.map(({ why }) => why)).toContainEqual(expect.stringContaining("the responder has 20"));
  });

  it("leaves out those of scenarios beyond the limit", () => {
    expect(planned(["competition"], "paper", { limit: 3 }).substitutions).toEqual([]);
  });
});

describe("problems", () => {
  it("are what the servers cannot give and no substitution mends", () => {
    const inventory = assumedInventory({ servers: { vfs: 63, memoryMiB: 8192 } });
    const { problems } = planned(["baseline"], "paper", { inventory });
    expect(problems).toContainEqual(
      expect.stringMatching(/^backgroundVms: 128 of 192 MiB .* at the sender.*allowed: at most/),
    );
    expect(planText(planned(["baseline"], "paper", { inventory }))).toContain("does not fit: backgroundVms: 128");
  });

  it("are those of the scenarios that are planned", () => {
    const inventory = assumedInventory({ servers: { vfs: 63, memoryMiB: 8192 } });
    expect(planned(["baseline"], "paper", { inventory, limit: 4 }).problems).toEqual([]);
  });

  it("include a Main VM that finds no VF", () => {
    const { problems } = planned(["connection"], "emulated", { inventory: serversWith(0, 7) });
    expect(problems).toContainEqual(expect.stringMatching(/^mainDriver: pci-passthrough needs a VF at the sender/));
  });
});

describe("every plan", () => {
  const anyPlan = fc.record({
    names: fc.subarray([...ids], { minLength: 1 }),
    profile: fc.constantFrom("paper", "emulated"),
    vfs: fc.option(fc.tuple(fc.integer({ min: 1, max: 256 }), fc.integer({ min: 1, max: 256 }))),
  });
  const holds = (check: (plan: ReturnType<typeof planned>, inventory: ReturnType<typeof serversWith>) => void) =>
    fc.assert(
      fc.property(anyPlan, ({ names, profile, vfs }) => {
        const own = vfs ? serversWith(...vfs) : undefined;
        const plan = planned(names, profile, own && { inventory: own });
        check(plan, own ?? serversWith(plan.servers.vfs.sender, plan.servers.vfs.responder));
      }),
      { numRuns: 30 },
    );

  it("has no hash twice, and each is the scenario's that its configuration makes", () =>
    holds(({ scenarios }) => {
      expect(new Set(scenarios.map(({ hash }) => hash)).size).toBe(scenarios.length);
      for (const { hash, name, factors, config } of scenarios)
        expect(scenarioOf(config)).toEqual({ sha256: hash, name, factors });
    }));

  it("fits its servers", () =>
    holds(({ scenarios, problems }, inventory) => {
      expect(problems).toEqual([]);
      for (const { config } of scenarios) expect(capacityProblems(inventory, planOf(config))).toEqual([]);
    }));

  it("has no load without background VMs, and VMs and VFs of the plan", () =>
    holds(({ scenarios }) => {
      for (const { config, factors, vms, vfs } of scenarios) {
        const { sender, responder } = planOf(config);
        expect(factors.load === null).toBe(config.backgroundVms === 0);
        expect(config.loadType === "none").toBe(config.backgroundVms === 0);
        expect(vms.sender).toEqual({ main: 1, background: sender.background.vms });
        expect(vfs).toEqual({ sender: vfsNeeded(sender), responder: vfsNeeded(responder) });
      }
    }));

  it("takes its effort from the options before the profile", () => {
    const { scenarios } = planned(["baseline"], "paper", { replicates: 4, runs: 3, limit: 5 });
    expect(scenarios).toHaveLength(5);
    for (const scenario of scenarios) expect(scenario).toMatchObject({ replicates: 4, runs: 3, config: { runs: 3 } });
  });

  it("measures what two experiments want as often as the one that wants more", () => {
    const [baseline, macvtap] = readExperiments(["baseline", "macvtap"]);
    const eager = structuredClone(macvtap!);
    Object.assign(eager.profiles.paper!, { replicates: 5 });
    eager.profiles.paper!.settings.runs = 20;
    const { scenarios } = planCampaign([baseline!, eager], { profile: "paper" });
    for (const { wantedBy, replicates, runs, config } of scenarios) {
      const isWantedMore = wantedBy.some(({ experiment }) => experiment === "macvtap");
      expect([replicates, runs, config.runs]).toEqual(isWantedMore ? [5, 20, 20] : [1, 10, 10]);
    }
  });
});
