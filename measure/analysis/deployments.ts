import { type Measure, mainMetric } from "../../study/metric-lists.ts";
import type { RunRecord } from "../dataset/run-record.ts";
import { median } from "../statistics/quantiles.ts";
import { measureOf, reasonAgainst } from "./measures.ts";
import { roundedValue } from "./rounding.ts";

/**
 * A scenario in one replicate with its runs, which are repeated measurements of one value. VMs are what a driver is given to. Where they
 * were made anew for this scenario, it is a unit of its own; in a split plot several scenarios are measured in the same VMs, share the
 * conditions that these happened to get, and are no units to each other. What comparisons take for independent is the replicate.
 */
export class Deployment<Run extends RunRecord = RunRecord> {
  /** Any of its runs: all have the same factors. */
  readonly run: Run;
  readonly runs: readonly Run[];
  /** What the deployments of one replicate of one results directory, on one pair of servers, have in common. */
  readonly replicate: string;
  /** Start of its first run, ISO 8601. */
  readonly started: string;
  /** Its Main VMs, those of its first run: equal for scenarios that were measured in the same ones. */
  readonly vms: string;
  readonly #values = new Map<Measure, number | null>();

  constructor(first: Run, runs: readonly Run[]) {
    this.run = first;
    this.runs = runs;
    this.replicate = replicateOf(first);
    const earliest = runs.reduce((a, b) => (Date.parse(b.started) < Date.parse(a.started) ? b : a), first);
    this.started = earliest.started;
    this.vms = earliest.mainVms ?? turnOf(first);
  }

  /**
   * Its one value: the median of its runs' values, in the measure's unit; null where no run has one, and where half of the runs or more
   * are lost, because the median may then be anything. It is also the median of the
   * runs' interquartile ranges (packets of several runs pooled would add what lies between the runs), of their largest RTTs (the
   * largest of all would grow with the number of runs) and of their CPU usages (one disturbed window does not move it).
   */
  valueOf(measure: Measure): number | null {
    const known = this.#values.get(measure);
    if (known !== undefined) return known;
    const values = this.runs.flatMap((run) => measureOf(run, measure) ?? []);
    const lost = this.runs.filter((run) => isLost(run) && measureOf(run, measure) === null).length;
    const value = values.length === 0 || 2 * lost >= this.runs.length ? null : roundedValue(median(values));
    this.#values.set(measure, value);
    return value;
  }

  /** Why it has no value, each reason once: of the runs that have none. */
  reasonsAgainst(measure: Measure): string[] {
    return [...new Set(this.runs.flatMap((run) => reasonAgainst(run, measure) ?? []))];
  }

  /** Whether runs of it are lost: what has no value then may be so because of what it would have been. */
  get hasLostRuns(): boolean {
    return this.runs.some(isLost);
  }
}

/** A run of which no packet came back, or that does not count: it has no RTT either, which no other setting of a run takes away. */
const isLost = ({ received, metrics }: RunRecord) => received === 0 || "unavailable" in metrics[mainMetric];

const replicateOf = ({ batch, place, replicate }: RunRecord) => `${batch}\n${place}\n${replicate}`;
const turnOf = (run: RunRecord) => `${run.scenarioSha256}\n${replicateOf(run)}`;

/** How often VMs were deployed for these: what was measured in the same ones counts once. */
export const countDeployments = (all: Iterable<Pick<Deployment, "vms">>): number =>
  new Set([...all].map(({ vms }) => vms)).size;

/** The deployments that runs belong to: equal scenario, replicate and results directory. */
export function deploymentsOf<Run extends RunRecord>(runs: readonly Run[]): Deployment<Run>[] {
  const groups = new Map<string, [Run, ...Run[]]>();
  for (const run of runs) {
    const key = turnOf(run);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [run]);
    else group.push(run);
  }
  return [...groups.values()].map((group) => new Deployment(group[0], group));
}
