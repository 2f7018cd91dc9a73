import { vmsNeededBy } from "../../../cli/campaign/cost-of-change.ts";
import { readExperiments } from "../../../cli/campaign/experiment.ts";
import { planCampaign } from "../../../cli/campaign/plan.ts";
import { type StudyRun, studyRuns } from "../../../measure/analysis/arms.ts";
import type { PacketSummary, RunRecord } from "../../../measure/dataset/run-record.ts";
import { seededRandom } from "../../../measure/statistics/random.ts";
import { factorCellsOf, runFactorsOf } from "../../../study/factor-columns.ts";
import { factorTable } from "../../../study/factors.ts";
import { madeRun } from "../study-runs.ts";
import { Draw, type Noise, packetPool, packetsOfRun } from "./noise.ts";

const measured = ["rtt", "overhead", "responseTime", "overheadShare", "cpu"] as const;
export type Measured = (typeof measured)[number];

/** The true median of a metric in a scenario, before deployments, runs and packets scatter: ms, parts of 1 or per cent. */
export type Truth = (scenario: StudyRun, metric: Measured) => number;

const base: Record<Measured, number> = { rtt: 0.3, overhead: 0.12, responseTime: 0.1, overheadShare: 0.4, cpu: 60 };

/** How much slower everything is in a cell, whatever the driver. Only CPU load at the Sender leaves RTTs as without load: C2's null. */
const cellFactor = ({ load, vms }: RunRecord) =>
  load === null || (load.type === "cpu" && load.location === "sender") ? 1 : 1 + vms / 4;

/** No driver differs from another; cells do. */
export const noDifference: Truth = (scenario, metric) =>
  metric === "cpu" || metric === "overheadShare" ? base[metric] : base[metric] * cellFactor(scenario);

/** What a profile's campaign measures: a run of each scenario, to be copied. */
export interface Campaign {
  profile: string;
  fidelity: "hardware" | "emulated" | "emulated-virtual";
  scenarios: StudyRun[];
  replicates: number;
  runs: number;
}

const fidelityOf = { paper: "hardware", emulated: "emulated", virtual: "emulated-virtual" } as const;

/** The paper's four experiments as a profile has them; of each scenario the VMs that it needs stand for those that it is measured in. */
export function campaignOf(profile: keyof typeof fidelityOf): Campaign {
  const { scenarios } = planCampaign(readExperiments(["all"]), { profile });
  const fidelity = fidelityOf[profile];
  const plain = madeRun();
  const records = scenarios.map((one): RunRecord => {
    const { hash, name, factors } = one;
    const terms = runFactorsOf(factorCellsOf(factors, factorTable));
    return {
      ...plain,
      scenario: name,
      scenarioSha256: hash,
      fidelity,
      ...terms,
      mainVms: vmsNeededBy(one),
      achievedRatePps: terms.ratePps === 1000 ? 1000 : 5000,
    };
  });
  const replicates = Math.max(...scenarios.map((one) => one.replicates));
  const runs = Math.max(...scenarios.map((one) => one.runs));
  return { profile, fidelity, scenarios: studyRuns(records), replicates, runs };
}

/** A metric of one run from its sorted packets: the quantiles (type 7) that are analysed. */
function metricOf(sorted: Float64Array, centre: number, spread: number, step: number): PacketSummary {
  const at = (index: number) => Math.round((centre * Math.exp(spread * (sorted[index] as number))) / step) * step;
  const between = (index: number, weight: number) => at(index) * (1 - weight) + at(index + 1) * weight;
  return {
    ...{ n: packetsOfRun, min: at(0), max: at(99) },
    ...{ p05: between(4, 0.95), p25: between(24, 0.75), median: between(49, 0.5), p75: between(74, 0.25) },
    p95: between(94, 0.05),
  };
}

/** The median alone, for metrics of which nothing else is analysed. */
function medianOf(sorted: Float64Array, centre: number, spread: number, step: number): PacketSummary {
  const at = (index: number) => Math.round((centre * Math.exp(spread * (sorted[index] as number))) / step) * step;
  const median = (at(49) + at(50)) / 2;
  return { n: packetsOfRun, min: median, max: median, p05: median, p25: median, median, p75: median, p95: median };
}

const cpuPoints = 5;

/** Where chance comes from. */
export interface Source {
  draw: Draw;
  pool: Float64Array[];
}

export function sourceOf(seed: number): Source {
  const draw = new Draw(seededRandom(seed));
  return { draw, pool: packetPool(draw) };
}

const packetsFrom = (pool: Float64Array[], draw: Draw) => pool[draw.below(pool.length)] as Float64Array;

/** A run's metrics from the deviation of each from its truth; those that are not needed stay the scenario's. */
function measuredRun(
  scenario: StudyRun,
  needed: readonly Measured[],
  centreOf: (metric: Measured) => number,
  cpuOf: () => number,
  noise: Noise,
  { draw, pool }: Source,
): Pick<StudyRun, "cpu" | "metrics"> {
  const nsStep = noise.stepMs * 1e6;
  const metrics = { ...scenario.metrics };
  let { cpuSender } = scenario.cpu;
  for (const metric of needed) {
    if (metric === "cpu") cpuSender = Math.round(cpuOf() * 100) / 100;
    else if (metric === "rtt")
      metrics.rtt = metricOf(packetsFrom(pool, draw), centreOf(metric) * 1e6, noise.packet, nsStep);
    else if (metric === "overheadShare")
      metrics.overheadShare = medianOf(packetsFrom(pool, draw), centreOf(metric), noise.packet / 3, 1e-9);
    else metrics[metric] = medianOf(packetsFrom(pool, draw), centreOf(metric) * 1e6, noise.packet, nsStep);
  }
  return { cpu: { cpuSender, cpuResponder: cpuSender }, metrics };
}

/** What of a replicate has a condition in common. */
const conditionOf: Record<Noise["conditions"], (scenario: StudyRun) => string> = {
  own: ({ scenarioSha256 }) => scenarioSha256,
  driver: ({ mains }) => mains.sender,
  plot: ({ mainVms }) => mainVms ?? "",
};

/**
 * The runs that a campaign would leave, made up: each scenario deployed in each replicate, each deployment with its own, its
 * driver's or its whole plot's condition, each run with its own, each of a hundred packets with its own.
 * @param needed metrics that are looked at; others are left as they are
 */
export function makeRuns(
  { scenarios, replicates, runs }: Pick<Campaign, "scenarios" | "replicates" | "runs">,
  truth: Truth,
  noise: Noise,
  source: Source,
  needed: readonly Measured[] = measured,
): StudyRun[] {
  const { draw } = source;
  const made: StudyRun[] = [];
  const drawAll = () => new Map(needed.map((metric) => [metric, draw.deviation(noise) * noise.deployment]));
  for (let replicate = 1; replicate <= replicates; replicate++) {
    const block = drawAll();
    const conditions = new Map<string, Map<Measured, number>>();
    for (const scenario of scenarios) {
      const sharing = conditionOf[noise.conditions](scenario);
      const mainVms = noise.conditions === "plot" ? `${replicate} ${scenario.mainVms}` : null;
      const condition = conditions.get(sharing) ?? drawAll();
      conditions.set(sharing, condition);
      const deviation = (metric: Measured) =>
        (block.get(metric) ?? 0) + (condition.get(metric) ?? 0) + draw.deviation(noise) * noise.run;
      const centreOf = (metric: Measured) => truth(scenario, metric) * Math.exp(deviation(metric));
      const cpuOf = () => truth(scenario, "cpu") + cpuPoints * deviation("cpu");
      for (let run = 1; run <= runs; run++)
        made.push({
          ...scenario,
          replicate,
          run,
          mainVms,
          ...measuredRun(scenario, needed, centreOf, cpuOf, noise, source),
        });
    }
  }
  return made;
}
