import { describe, expect, it } from "vitest";
import { byCostOfChange } from "../../../cli/campaign/cost-of-change.ts";
import { plannedDeployments } from "../../../cli/campaign/deployments.ts";
import { planText } from "../../../cli/campaign/list.ts";
import { ids, planned } from "./planned.ts";

const cheapest = { kind: "cheapest", seed: null } as const;

describe("the list of scenarios", () => {
  const { scenarios } = planned(ids, "emulated");
  const changes = (key: (one: (typeof scenarios)[number]) => unknown) =>
    scenarios.filter(
      (one, index) => index > 0 && JSON.stringify(key(one)) !== JSON.stringify(key(scenarios[index - 1]!)),
    ).length;

  it("deploys each fleet once, and each load of it once", () => {
    const fleet = ({ config }: (typeof scenarios)[number]) =>
      config.backgroundVms === 0 ? null : [config.backgroundDriver, config.backgroundVms];
    const load = (one: (typeof scenarios)[number]) => [fleet(one), one.factors.load];
    const distinct = (key: typeof load | typeof fleet) =>
      new Set(scenarios.map((one) => JSON.stringify(key(one)))).size;
    expect(changes(fleet)).toBe(distinct(fleet) - 1);
    expect(changes(load)).toBe(distinct(load) - 1);
  });

  it("moves a fleet over both servers from one to the other", () => {
    const places = planned(["baseline"], "emulated").scenarios.map(({ vms }) =>
      [vms.sender.background, vms.responder.background].join("/"),
    );
    expect(places.filter((place, index) => place !== places[index - 1])).toEqual([
      ...["0/0", "1/0", "1/1", "0/1"],
      ...["2/0", "2/2", "0/2"],
    ]);
  });

  it("begins without background VMs and changes the frequency first", () => {
    expect(scenarios.slice(0, 4).map(({ config: { mainDriver, pingRatePps } }) => [mainDriver, pingRatePps])).toEqual([
      ["e1000-bridge", 1000],
      ["e1000-bridge", 1_000_000],
      ["virtio-bridge", 1000],
      ["virtio-bridge", 1_000_000],
    ]);
  });

  it("is the same whatever order the scenarios come in, as long as drivers come in the same", () => {
    expect(byCostOfChange(scenarios)).toEqual(scenarios);
  });

  it("is the order of deployment of --order cheapest, in every replicate", () => {
    const all = plannedDeployments(scenarios, cheapest);
    expect(all).toHaveLength(8 * scenarios.length);
    expect(all.slice(0, scenarios.length).map(({ scenario }) => scenario.hash)).toEqual(
      scenarios.map(({ hash }) => hash),
    );
    expect(all.map(({ replicate }) => replicate)).toEqual([...all.map(({ replicate }) => replicate)].sort());
  });

  it("leaves a scenario that wants fewer replicates out of the later ones", () => {
    const [first, second] = scenarios;
    const all = plannedDeployments(
      [
        { ...first!, replicates: 2 },
        { ...second!, replicates: 1 },
      ],
      cheapest,
    );
    expect(all.map(({ scenario, replicate }) => [scenario.hash, replicate])).toEqual([
      [first!.hash, 1],
      [second!.hash, 1],
      [first!.hash, 2],
    ]);
  });
});

describe("the order of deployment", () => {
  const orderOf = (more: object, names: readonly string[] = ["baseline"]) => planned(names, "emulated", more).order;
  const hashesOf = (more: object, names?: readonly string[]) =>
    orderOf(more, names).replicates.map(({ scenarios }) => scenarios);

  it("is drawn anew for each replicate unless something else is asked for", () => {
    const { rule, confounds, replicates } = orderOf({});
    expect(rule.kind).toBe("random");
    expect(confounds).toBeNull();
    expect(replicates.map(({ replicate }) => replicate)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(new Set(replicates.map(({ scenarios }) => scenarios.join())).size).toBe(8);
    for (const { scenarios } of replicates) expect(new Set(scenarios).size).toBe(36);
  });

  it("is the same for the same scenarios, however they are named and however many replicates there are", () => {
    const names = ["baseline", "macvtap"];
    expect(hashesOf({}, [...names].reverse())).toEqual(hashesOf({}, names));
    expect(hashesOf({ replicates: 12, runs: 9 }, names).slice(0, 8)).toEqual(hashesOf({}, names));
    expect(orderOf({}).seedFrom).toBe("scenarios");
    expect(hashesOf({}, ["macvtap"])).not.toEqual(hashesOf({}));
  });

  it("follows the seed", () => {
    expect(hashesOf({ seed: 1 })).toEqual(hashesOf({ seed: 1 }));
    expect(hashesOf({ seed: 1 })).not.toEqual(hashesOf({ seed: 2 }));
    expect(orderOf({ seed: 1 })).toMatchObject({ rule: { kind: "random", seed: 1 }, seedFrom: "option" });
  });

  it("is balanced where few scenarios and enough replicates allow it", () => {
    expect(orderOf({ limit: 4, replicates: 8 }).balance).toEqual({ places: true, neighbours: true });
    expect(orderOf({ limit: 3, replicates: 3 }).balance.places).toBe(true);
    expect(orderOf({}).balance).toEqual({ places: false, neighbours: false });
  });

  it("of the paper is arm by arm and level by level, in every replicate", () => {
    const { scenarios, order } = planned(["baseline"], "emulated", { order: "paper" });
    expect(scenarios.slice(0, 18).every(({ factors }) => factors.mainDriver.sender === "e1000-bridge")).toBe(true);
    for (const replicate of order.replicates) expect(replicate.scenarios).toEqual(scenarios.map(({ hash }) => hash));
  });

  it.each(["cheapest", "paper"] as const)("says what %s confounds, also in the text of the plan", (order) => {
    const plan = planned(["baseline"], "emulated", { order });
    expect(plan.order.confounds).toMatch(/every replicate has the same order.*cannot be told from an effect of/);
    expect(planText(plan)).toContain(`order of deployment: ${order}; it confounds: every replicate has the same order`);
  });

  it("stands in the text of the plan, each replicate with every scenario's number", () => {
    const plan = planned(["baseline"], "emulated");
    const text = planText(plan);
    expect(text).toContain(`order of deployment: random; seed ${plan.order.rule.seed}; places are drawn`);
    const lines = text.split("\n");
    const from = lines.findIndex((line) => line.startsWith("  replicate 2:"));
    const numbers = lines
      .slice(from, from + 2)
      .join(" ")
      .replace(/^[^:]*:/, "")
      .split(/\s+/)
      .filter(Boolean)
      .slice(0, 36);
    expect(numbers.map((number) => plan.scenarios[Number(number) - 1]?.hash)).toEqual(
      plan.order.replicates[1]?.scenarios,
    );
  });
});

describe("the name of a campaign", () => {
  const nameOf = (experiments: readonly string[], options: object = {}) => {
    const { scenarios, order } = planned(experiments, "emulated", options);
    const names = new Set(plannedDeployments(scenarios, order.rule).map((one) => one.order.campaign));
    expect(names.size).toBe(1);
    return [...names][0];
  };

  it("is the same where the command goes on, with more replicates too", () => {
    expect(nameOf(["baseline"], { order: "cheapest", replicates: 3 })).toBe(
      nameOf(["baseline"], { order: "cheapest", replicates: 9 }),
    );
  });

  it("is another one for other scenarios, and for another order of the same", () => {
    const names = [
      nameOf(["baseline"], { order: "cheapest", limit: 3 }),
      nameOf(["macvtap"], { order: "cheapest", limit: 3 }),
      nameOf(["baseline"], { order: "paper", limit: 3 }),
      nameOf(["baseline"], { order: "random", seed: 1, limit: 3 }),
      nameOf(["baseline"], { order: "random", seed: 2, limit: 3 }),
    ];
    expect(new Set(names).size).toBe(5);
  });
});
