import { type Analysis, analyseDataset } from "../measure/analysis/analyse.ts";
import {
  compareDriverPairs,
  type DriverPair,
  driversByConditions,
  pairsApart,
} from "../measure/analysis/driver-pairs.ts";
import { middleRun } from "../measure/analysis/middle-run.ts";
import type { Dataset } from "../measure/dataset/open.ts";
import {
  type DistributionPoint,
  type MeanParts,
  meanParts,
  packetDistributions,
} from "../measure/dataset/packet-distributions.ts";
import { type PacketSample, packetSamples } from "../measure/dataset/packet-samples.ts";
import { type RunSeries, runSeries } from "../measure/dataset/run-series.ts";
import { type RunDistribution, type RunMetric, runDistributions, runMetrics } from "../measure/dataset/run-values.ts";
import { isEmulated } from "../measure/results/fidelity.ts";
import { mainMetric, type TimeMetric } from "../study/metric-lists.ts";
import { type DrawnPlace, placesByVms, placesOf } from "./layout/places.ts";
import { type ShownScenario, shownScenarios } from "./layout/scenarios.ts";

/** The parts of an RTT in the order in which a packet passes them (Fig. 3); they add up to it. */
export const rttParts = [
  "senderGuest",
  "senderOut",
  "wire",
  "responderIn",
  "responderGuest",
  "responderOut",
  "senderIn",
] as const satisfies TimeMetric[];

/** Everything that figures and tables are made of. All numbers are `measure/`'s. */
export interface StudyData {
  dataset: Dataset;
  analysis: Analysis;
  pairs: DriverPair[];
  /** Pairs of drivers that nothing can be said of. */
  apart: string[];
  /** The drivers that were measured under each set of conditions, by its words. */
  measured: ReadonlyMap<string, readonly string[]>;
  scenarios: ShownScenario[];
  /** Index of a scenario by its hash. */
  indexOf: ReadonlyMap<string, number>;
  places: DrawnPlace[];
  /** The same for figures whose panels have one number of background VMs. */
  placesByVms: DrawnPlace[];
  /** Of metrics of which a run is one value: those that some scenario was measured with. */
  runMetrics: { metric: RunMetric; distributions: ReadonlyMap<string, RunDistribution> }[];
  /** Of RTTs, by scenario's hash. */
  distributions: ReadonlyMap<string, readonly DistributionPoint[]>;
  parts: ReadonlyMap<string, MeanParts>;
  /** Packets and their RTTs one by one, as many as a figure can hold, by scenario's hash. */
  samples: ReadonlyMap<string, PacketSample>;
  /** Of each scenario the run in the middle, packet by packet, by scenario's hash. */
  series: ReadonlyMap<string, RunSeries>;
  /** What stands on every figure of emulated servers; null for real ones. */
  label: string | null;
}

/** So many single packets a figure holds: more would make the page large and slow. */
const mostSingle = { sampled: 8000, inSeries: 25_000 } as const;

/** How many of them each place has. */
const shareOf = (most: number, places: number): number => Math.max(2, Math.floor(most / places));

/** What figures of such servers say of themselves. */
const labelOf = (fidelity: string): string | null =>
  isEmulated(fidelity)
    ? `${fidelity} servers: the order of times counts, not their size; CPU usage says nothing`
    : null;

/** Reads and computes what the report shows of a dataset that is open. */
export async function gatherStudy(dataset: Dataset): Promise<StudyData> {
  const { runs, lost, fidelity } = dataset;
  const scenarios = shownScenarios(runs);
  const pairs = compareDriverPairs([...runs, ...lost], fidelity);
  const measured: StudyData["runMetrics"] = [];
  for (const metric of runMetrics) {
    const distributions = await runDistributions(dataset, metric);
    if (distributions.size > 0) measured.push({ metric, distributions });
  }
  const places = placesOf(scenarios);
  const middle = scenarios.flatMap((one) => middleRun(one.runs, mainMetric) ?? []);
  const series = await runSeries(dataset, mainMetric, middle, shareOf(mostSingle.inSeries, scenarios.length));
  return {
    dataset,
    analysis: await analyseDataset(dataset),
    pairs,
    apart: pairsApart(runs, pairs),
    measured: driversByConditions([...runs, ...lost]),
    scenarios,
    indexOf: new Map(scenarios.map(({ sha256 }, index) => [sha256, index])),
    places,
    placesByVms: placesByVms(scenarios),
    runMetrics: measured,
    distributions: await packetDistributions(dataset, mainMetric),
    parts: await meanParts(dataset, mainMetric, rttParts),
    samples: await packetSamples(dataset, mainMetric, shareOf(mostSingle.sampled, places.length)),
    series: new Map(series.map((one) => [one.run.scenarioSha256, one])),
    label: labelOf(fidelity),
  };
}
