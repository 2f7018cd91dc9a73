import type { RunRecord, RunSummary } from "../dataset/open.ts";
import type { PacketValues } from "../dataset/packet-values.ts";
import { isEmulated } from "../results/fidelity.ts";
import type { Factors, RunSample } from "../statistics/pairs.ts";

/** Numbers that a run has one of. */
export const measures = {
  rtt: { unit: "ms", what: "median RTT" },
  rttSpread: { unit: "ms", what: "interquartile range of the RTT" },
  rttMax: { unit: "ms", what: "largest RTT" },
  overhead: { unit: "ms", what: "median RTT overhead" },
  responseTime: { unit: "ms", what: "median response time" },
  overheadShare: { unit: "of 1", what: "median share of the RTT that is overhead" },
  cpuSender: { unit: "%", what: "CPU usage of the Sender server" },
  cpuResponder: { unit: "%", what: "CPU usage of the Responder server" },
} as const;
export type Measure = keyof typeof measures;

const isCpu = (measure: Measure) => measure === "cpuSender" || measure === "cpuResponder";

/** Whether a measure is a CPU usage. */
export { isCpu };

/** Whether a measure decides nothing on such servers. */
export const saysNothing = (measure: Measure, fidelity: string): boolean => isEmulated(fidelity) && isCpu(measure);

/** Why: what emulated servers use of their CPU is mostly the emulation. */
export const emulatedCpu = "says nothing on emulated servers";

const milliseconds = 1e-6;

const from = (summary: RunSummary, take: (fields: Exclude<RunSummary, { unavailable: string }>) => number) =>
  "unavailable" in summary ? null : take(summary);

/** A run's number: milliseconds, per cent, or parts of 1; null where it is unavailable. */
export function measureOf({ metrics, cpuSender, cpuResponder }: RunRecord, measure: Measure): number | null {
  switch (measure) {
    case "rtt":
      return from(metrics.rtt, ({ median }) => median * milliseconds);
    case "rttSpread":
      return from(metrics.rtt, ({ p25, p75 }) => (p75 - p25) * milliseconds);
    case "rttMax":
      return from(metrics.rtt, ({ max }) => max * milliseconds);
    case "overhead":
      return from(metrics.overhead, ({ median }) => median * milliseconds);
    case "responseTime":
      return from(metrics.responseTime, ({ median }) => median * milliseconds);
    case "overheadShare":
      return from(metrics.overheadShare, ({ median }) => median);
    case "cpuSender":
      return cpuSender;
    case "cpuResponder":
      return cpuResponder;
  }
}

/** Packets' RTTs by run directory, where packets are the unit. */
export type Packets = ReadonlyMap<string, PacketValues>;

/**
 * A run's values where packets are the unit, null where a packet has none: RTTs of its packets, in milliseconds. Of any other
 * measure, and without packets, the run's one value.
 */
export function valuesOfRun(
  run: RunRecord,
  measure: Measure,
  packets?: Packets,
): { packets: readonly number[]; values: readonly (number | null)[] } {
  const own = measure === "rtt" ? packets?.get(run.directory) : undefined;
  return own
    ? { packets: own.packets, values: own.values.map((ns) => (ns === null ? null : ns * milliseconds)) }
    : { packets: [0], values: [measureOf(run, measure)] };
}

/**
 * Runs as the pairing of `measure/statistics` takes them.
 * @param packets RTTs of the packets, where a packet is the unit and the measure is the RTT; else each run is one value
 */
export function samplesOf<Run extends RunRecord>(
  runs: readonly Run[],
  measure: Measure,
  cell: (run: Run) => Factors,
  packets?: Packets,
): RunSample[] {
  return runs.map((run) => ({
    cell: cell(run),
    replicate: run.replicate,
    run: run.run,
    ...valuesOfRun(run, measure, packets),
  }));
}
