import type { Statistic } from "../../study/metric.ts";
import { type AnalysedMetric, type CpuMetric, type Measure, mainMetric, measures } from "../../study/metric-lists.ts";
import { metrics } from "../../study/metrics.ts";
import type { PacketValues } from "../dataset/packet-values.ts";
import type { PacketSummary, RunRecord } from "../dataset/run-record.ts";
import { isEmulated } from "../results/fidelity.ts";
import type { CellFactors, PairingUnit, RunSample } from "../statistics/pairs.ts";

/** Whether a measure is a CPU usage. */
export const isCpu = (measure: Measure) => measures[measure].kind === "cpu";

/** Whether a measure decides nothing on such servers. */
export const saysNothing = (measure: Measure, fidelity: string): boolean => isEmulated(fidelity) && isCpu(measure);

/** Why: what emulated servers use of their CPU is mostly the emulation. */
export const emulatedCpu = "says nothing on emulated servers";

const milliseconds = 1e-6;

/** Statistics of the packets of one run. */
const statistics: Record<Statistic, (fields: Exclude<PacketSummary, { unavailable: string }>) => number> = {
  median: ({ median }) => median,
  spread: ({ p25, p75 }) => p75 - p25,
  max: ({ max }) => max,
};

const isOfCpu = (metric: AnalysedMetric | CpuMetric): metric is CpuMetric => metrics[metric].kind === "cpu";

/** A run's number: milliseconds, per cent, or parts of 1; null where it is unavailable. */
export function measureOf(run: RunRecord, measure: Measure): number | null {
  const { metric, kind, statistic } = measures[measure];
  if (isOfCpu(metric)) {
    const usage = run.cpu[metric];
    return typeof usage === "number" ? usage : null;
  }
  const summary = run.metrics[metric];
  if ("unavailable" in summary) return null;
  return statistics[statistic](summary) * (kind === "time" ? milliseconds : 1);
}

/** Why a run has no such number; null where it has one. */
export function reasonAgainst(run: RunRecord, measure: Measure): string | null {
  const { metric } = measures[measure];
  if (measureOf(run, measure) !== null) return null;
  if (run.transmitted > 0 && run.received === 0) return "no packet came back";
  const summary = isOfCpu(metric) ? run.cpu[metric] : run.metrics[metric];
  return typeof summary === "object" && "unavailable" in summary ? summary.unavailable : "there is no value";
}

/** Packets' RTTs by run directory, where packets are the unit. */
export type Packets = ReadonlyMap<string, PacketValues>;

/** What a value of a measure is of, where runs or packets are asked for: RTTs alone are of packets. */
export const unitOfValues = (unit: PairingUnit, measure: Measure, packets?: Packets): PairingUnit =>
  measure === mainMetric && packets !== undefined ? unit : "run-median";

/**
 * A run's values where packets are the unit, null where a packet has none: RTTs of its packets, in milliseconds. Of any other
 * measure, and without packets, the run's one value.
 */
export function valuesOfRun(
  run: RunRecord,
  measure: Measure,
  packets?: Packets,
): { packets: readonly number[]; values: readonly (number | null)[] } {
  const ofPackets = measure === mainMetric ? packets?.get(run.directory) : undefined;
  return ofPackets
    ? { packets: ofPackets.packets, values: ofPackets.values.map((ns) => (ns === null ? null : ns * milliseconds)) }
    : { packets: [0], values: [measureOf(run, measure)] };
}

/**
 * Runs as the pairing of `measure/statistics` takes them.
 * @param packets RTTs of the packets, where a packet is the unit and the measure is the RTT; else each run is one value
 */
export function samplesOf<Run extends RunRecord>(
  runs: readonly Run[],
  measure: Measure,
  cell: (run: Run) => CellFactors,
  packets?: Packets,
): RunSample[] {
  return runs.map((run) => ({
    cell: { ...cell(run), place: run.place },
    replicate: run.replicate,
    run: run.run,
    folder: run.directory,
    ...valuesOfRun(run, measure, packets),
  }));
}
