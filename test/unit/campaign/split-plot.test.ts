import { describe, expect, it } from "vitest";
import { vmsBooted, vmsNeededBy } from "../../../cli/campaign/cost-of-change.ts";
import { plannedDeployments } from "../../../cli/campaign/deployments.ts";
import { readExperiments } from "../../../cli/campaign/experiment.ts";
import { planText } from "../../../cli/campaign/list.ts";
import { planCampaign } from "../../../cli/campaign/plan.ts";
import type { PlannedScenario } from "../../../cli/campaign/planned-scenario.ts";
import { diffScenarios } from "../../../cli/diff/changes.ts";
import { configSchema } from "../../../infra/config/schema.ts";
import type { RunOrder } from "../../../measure/results/order.ts";
import { ids, planned } from "./planned.ts";

const study = [...ids, "location"];
const whole = planned(study, "virtual");

/** VMs that the program itself would make in going from one scenario to another. */
async function vmsMade(from: PlannedScenario, to: PlannedScenario, orders: readonly Partial<RunOrder>[] = [{}, {}]) {
  const [before, after] = [from, to].map(({ config }, index) =>
    configSchema.parse({
      ...config,
      order: { kind: "split-plot", seed: 1, block: 1, position: 1, positions: 2, ...orders[index] },
    }),
  );
  const { made, replaced } = (await diffScenarios(before!, after!)).changes;
  return [...made, ...replaced].filter((name) => /-rtt-(main|bg-\d+)$/.test(name));
}

describe("a campaign in a split plot", () => {
  it("has one scenario of each whole plot after the other, and measures all of them in each replicate", () => {
    const { scenarios, order } = whole;
    expect(order.rule.kind).toBe("split-plot");
    for (const { scenarios: hashes, plots } of order.replicates) {
      expect(plots!.flat()).toEqual(hashes);
      expect(new Set(hashes).size).toBe(scenarios.length);
      const needs = plots!.map((plot) => new Set(plot.map((hash) => vmsOfHash(hash))));
      expect(needs.every(({ size }) => size === 1)).toBe(true);
      expect(new Set(needs.flatMap((need) => [...need])).size).toBe(plots!.length);
    }
  });
  const vmsOfHash = (hash: string) => vmsNeededBy(whole.scenarios.find((one) => one.hash === hash)!);

  it("boots every VM of a whole plot for its first scenario, and none for the others", () => {
    for (const { scenario, order, boots } of plannedDeployments(whole.scenarios, whole.order.rule)) {
      const { sender, responder } = scenario.vms;
      expect(boots).toBe(order.plotPosition === 1 ? 2 + sender.background + responder.background : 0);
    }
    expect(whole.order.boots).toBeLessThan(0.6 * planned(study, "virtual", { order: "random" }).order.boots);
  });

  it("counts the VMs that the program makes, between all kinds of neighbours", async () => {
    const { scenarios } = planned(study, "virtual", { order: "cheapest" });
    const kinds = new Map(
      [1, 7, 23].flatMap((far) =>
        scenarios.map((from, index) => {
          const to = scenarios[(index + far) % scenarios.length]!;
          const fleets = [from, to].map(({ vms }) => vms.sender.background + 2 * vms.responder.background);
          return [`${fleets} ${vmsBooted(from, to)}`, [from, to]] as const;
        }),
      ),
    );
    // As many as a busy machine declares in time; each is of another kind.
    for (const [from, to] of [...kinds.values()].slice(0, 12))
      expect([from!.name, to!.name, (await vmsMade(from!, to!)).length]).toEqual([
        ...[from!.name, to!.name],
        vmsBooted(from!, to!),
      ]);
  }, 60_000);

  it("has VMs of its own in each whole plot, also where the next one needs the same", async () => {
    const scenario = whole.scenarios.find(({ vms }) => vms.responder.background > 0 && vms.sender.background > 0)!;
    expect(await vmsMade(scenario, scenario, [{ plot: 1 }, { plot: 1 }])).toEqual([]);
    expect(await vmsMade(scenario, scenario, [{ plot: 1 }, { plot: 2 }])).toHaveLength(vmsBooted(undefined, scenario));
  });

  it("is the order of the profile, unless another one is asked for", () => {
    expect(planned(["baseline"], "emulated").order.rule.kind).toBe("random");
    expect(planned(["baseline"], "virtual", { order: "paper" }).order.rule.kind).toBe("paper");
    expect(planned(["baseline"], "virtual", { seed: 3 }).order.rule).toEqual({ kind: "split-plot", seed: 3 });
    expect(() => planned(["baseline"], "virtual", { order: "paper", seed: 3 })).toThrow(
      '--seed "3" is not allowed; allowed: only with --order random or split-plot; --order paper draws nothing',
    );
  });

  it("is refused where experiments differ in it, and none was asked for", () => {
    const [one, other] = readExperiments(["baseline", "macvtap"]);
    const { virtual } = other!.profiles;
    const changed = { ...other!, profiles: { ...other!.profiles, virtual: { ...virtual!, order: "random" as const } } };
    expect(() => planCampaign([one!, changed], { profile: "virtual" })).toThrow(
      "profile virtual has another order for some of these experiments: baseline split-plot, macvtap random; choose one with --order",
    );
    expect(planCampaign([one!, changed], { profile: "virtual", order: "paper" }).order.rule.kind).toBe("paper");
  });

  it("stands in the text of the plan by whole plot", () => {
    const { scenarios, order } = planned(["baseline"], "virtual");
    const text = planText(planned(["baseline"], "virtual"));
    expect(text).toContain(`order of deployment: split-plot; seed ${order.rule.seed}; places of whole plots are drawn`);
    const first = order.replicates[0]!.plots![0]!.map((hash) => 1 + scenarios.findIndex((one) => one.hash === hash));
    expect(text).toContain(`  replicate 1: ${first.join("+")}`);
    expect(text).toContain("20 scenarios, 120 deployments in 48 whole plots, 192 VM boots, 120 runs");
  });
});
