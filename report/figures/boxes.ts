import type { TableCell } from "../../measure/analysis/print/table.ts";
import type { PooledSummary } from "../../measure/dataset/packet-values.ts";
import { mainMetric, type PublishedMetric, publishedMetrics, publishedName } from "../../study/metric-lists.ts";
import { metrics } from "../../study/metrics.ts";
import { type DrawnPlace, levelWords } from "../layout/places.ts";
import type { StudyData } from "../study-data.ts";
import { boxFields, boxSpec, fewestForWhiskers } from "./box-spec.ts";
import type { Drawing, DrawnRow } from "./drawing.ts";
import { placeCells } from "./panels.ts";
import { asTitle, lostScenarios, unavailableLines } from "./pieces.ts";

/** The numbers of a box, in the unit that is shown; or why there are none. */
type BoxNumbers =
  | (Omit<PooledSummary, "n"> & {
      n: number;
      deployments?: number;
      centre?: number;
      low?: number | null;
      high?: number | null;
    })
  | { unavailable: string };

interface BoxFigure {
  name: string;
  title: string;
  /** Of the axis. */
  what: string;
  unit: string;
  isLog: boolean;
  caption: readonly string[];
  numbersOf(scenario: number): BoxNumbers | undefined;
}

function rowOf(place: DrawnPlace, numbers: BoxNumbers): DrawnRow {
  const cells: Record<string, TableCell> = { ...placeCells(place), vms: place.vms };
  if ("unavailable" in numbers) cells.unavailable = numbers.unavailable;
  else Object.assign(cells, numbers, { shownCount: `n = ${numbers.n}`, unavailable: null });
  return { scenarios: [place.scenario], cells };
}

function boxFigure(figure: BoxFigure, study: StudyData): Drawing {
  const rows = study.places.flatMap((place) => {
    const numbers = figure.numbersOf(place.scenario);
    return numbers === undefined ? [] : [rowOf(place, numbers)];
  });
  const hasValue = rows.some(({ cells }) => typeof cells.median === "number");
  const hasCentre = rows.some(({ cells }) => typeof cells.centre === "number");
  const { name, title, caption, unit } = figure;
  return {
    ...{ name, title, caption, rows },
    fields: boxFields(unit, hasCentre),
    missing: [...unavailableLines(rows), ...lostScenarios(study)],
    spec: hasValue ? boxSpec(figure, rows) : null,
  };
}

const boxCaption = (of: string) =>
  `Box: 25th to 75th percentile of ${of}; line in it: median; whiskers: 5th and 95th percentile; dots: least and greatest value. From ${fewestForWhiskers} values on a tenth of them lies beyond the whiskers, of which the two most extreme are drawn; a box of fewer says how many they are, for it has no outliers. Quantiles are of Hyndman and Fan's type 7.`;
const sharedCaption =
  "Without background VMs load means nothing: such a scenario is measured once and stands in each panel of its frequency.";

/** Box plots of the study's metrics over packets (Figs. 5 to 15, 17 and 18), the main one on a log scale. */
export function packetBoxFigures(study: StudyData): Drawing[] {
  const { analysis, scenarios } = study;
  const summaries = new Map(analysis.scenarios.map((one) => [one.scenarioSha256, one]));
  const numbersOf = (scenario: number, metric: PublishedMetric): BoxNumbers | undefined => {
    const found = summaries.get(scenarios[scenario]?.sha256 ?? "")?.[publishedName(metric)];
    if (found === undefined || "unavailable" in found) return found;
    const { n, deployments, min, p05, p25, median, p75, p95, max, deploymentMedian, interval } = found;
    return {
      ...{ n, deployments, min, p05, p25, median, p75, p95, max },
      ...{ centre: deploymentMedian, low: interval?.low ?? null, high: interval?.high ?? null },
    };
  };
  return publishedMetrics.map((metric) =>
    boxFigure(
      {
        name: `boxes-${metric}`,
        title: asTitle(`${metrics[metric].head} by background VMs`),
        what: metrics[metric].head,
        unit: "ms",
        isLog: metric === mainMetric,
        caption: [
          boxCaption("the packets of all runs of a scenario"),
          "Packets of one deployment are alike, so a box says nothing of another deployment; the diamond is the median of the deployments' medians, its bar the 95 % interval (sign test, from six deployments on).",
          sharedCaption,
          ...levelWords(study.places),
        ],
        numbersOf: (scenario) => numbersOf(scenario, metric),
      },
      study,
    ),
  );
}

/** How a value is shown: nanoseconds as milliseconds, anything else as it is. */
const shownScale = (unit: string) => (unit === "ns" ? { unit: "ms", factor: 1e-6 } : { unit, factor: 1 });

/** Box plots of whatever a run has one value of: CPU usage (Figs. 16, 19 and 20), and the metrics of any other probe. */
export function runBoxFigures(study: StudyData): Drawing[] {
  const deployed = new Map(study.analysis.scenarios.map((one) => [one.scenarioSha256, one.deployments]));
  return study.runMetrics.map(({ metric: { probe, metric, what, unit: kept }, distributions }) => {
    const { unit, factor } = shownScale(kept);
    const numbersOf = (scenario: number): BoxNumbers | undefined => {
      const sha256 = study.scenarios[scenario]?.sha256 ?? "";
      const [found, deployments] = [distributions.get(sha256), deployed.get(sha256)];
      if (found === undefined || "unavailable" in found) return found;
      const { n, ...quantiles } = found;
      return {
        n,
        ...(deployments !== undefined && { deployments }),
        ...(Object.fromEntries(
          Object.entries(quantiles).map(([name, value]) => [name, value * factor]),
        ) as typeof quantiles),
      };
    };
    return boxFigure(
      {
        name: `boxes-${probe}-${metric.replaceAll("_", "-")}`,
        title: asTitle(`${what} by background VMs`),
        what,
        unit,
        isLog: false,
        caption: [
          boxCaption("the runs of a scenario, of which each is one value"),
          sharedCaption,
          ...levelWords(study.places),
        ],
        numbersOf,
      },
      study,
    );
  });
}
