import type { TableCell } from "../../measure/analysis/print/table.ts";
import type { PooledSummary } from "../../measure/dataset/packet-values.ts";
import { mainMetric, type PublishedMetric, publishedMetrics, publishedName } from "../../study/metric-lists.ts";
import { metrics } from "../../study/metrics.ts";
import { type DrawnPlace, inOrder } from "../layout/places.ts";
import type { StudyData } from "../study-data.ts";
import type { Drawing, DrawnRow, FigureSpec } from "./drawing.ts";
import {
  asTitle,
  besideByDriver,
  byDriver,
  inPanels,
  logAxis,
  logScale,
  panelWidth,
  reasonLines,
  tooltipOf,
  unavailableMark,
} from "./pieces.ts";
import { neutral } from "./theme.ts";

/** The numbers of a box, in the unit that is shown; or why there are none. */
type BoxNumbers =
  | (Omit<PooledSummary, "n"> & { n: number; centre?: number; low?: number | null; high?: number | null })
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

const fieldsOf = (unit: string, hasCentre: boolean) => [
  { name: "panel", head: "conditions" },
  { name: "vms", head: "background VMs" },
  { name: "driver", head: "driver" },
  { name: "n", head: "values" },
  ...["min", "p05", "p25", "median", "p75", "p95", "max"].map((name) => ({ name, head: `${name}, ${unit}` })),
  ...(hasCentre
    ? [
        { name: "centre", head: `median of deployments, ${unit}` },
        { name: "low", head: "95 % interval from" },
        { name: "high", head: "to" },
      ]
    : []),
  { name: "unavailable", head: "unavailable, because" },
];

function rowOf({ scenario, panel, vms, driver }: DrawnPlace, numbers: BoxNumbers): DrawnRow {
  const cells: Record<string, TableCell> = { panel, vms, driver };
  if ("unavailable" in numbers) cells.unavailable = numbers.unavailable;
  else Object.assign(cells, numbers, { unavailable: null });
  return { scenarios: [scenario], cells };
}

function specOf(figure: BoxFigure, rows: readonly DrawnRow[]): FigureSpec {
  const drivers = rows.map(({ cells }) => String(cells.driver));
  const vms = inOrder(rows.map(({ cells }) => Number(cells.vms)));
  const hasCentre = rows.some(({ cells }) => typeof cells.centre === "number");
  const y = {
    type: "quantitative" as const,
    title: `${figure.what}, ${figure.unit}`,
    scale: figure.isLog ? logScale : { zero: true },
    ...(figure.isLog && { axis: logAxis }),
  };
  const valid = [{ filter: "isValid(datum.median)" }];
  const end = (field: string) => ({
    transform: valid,
    mark: { type: "point" as const, size: 9, filled: true, opacity: 1, color: neutral.muted },
    encoding: { y: { ...y, field } },
  });
  return {
    ...inPanels(inOrder(rows.map(({ cells }) => String(cells.panel)))),
    spec: {
      width: panelWidth(vms.length * new Set(drivers).size),
      height: 190,
      encoding: {
        x: { field: "vms", type: "ordinal", title: "background VMs", axis: { labelAngle: 0 }, sort: "ascending" },
        xOffset: besideByDriver(drivers),
        tooltip: tooltipOf(fieldsOf(figure.unit, hasCentre)),
      },
      layer: [
        {
          transform: valid,
          mark: { type: "rule", color: neutral.ink },
          encoding: { y: { ...y, field: "p05" }, y2: { field: "p95" } },
        },
        {
          transform: valid,
          mark: { type: "bar", stroke: neutral.ink, strokeWidth: 0.7, opacity: 1 },
          encoding: {
            y: { ...y, field: "p25" },
            y2: { field: "p75" },
            color: byDriver(drivers),
          },
        },
        {
          transform: valid,
          mark: { type: "tick", color: neutral.ink, thickness: 2, orient: "horizontal", opacity: 1 },
          encoding: { y: { ...y, field: "median" } },
        },
        end("min"),
        end("max"),
        ...(hasCentre
          ? [
              {
                transform: [{ filter: "isValid(datum.low)" }],
                mark: { type: "rule" as const, color: neutral.ink, strokeWidth: 3 },
                encoding: { y: { ...y, field: "low" }, y2: { field: "high" } },
              },
              {
                transform: [{ filter: "isValid(datum.centre)" }],
                mark: {
                  type: "point" as const,
                  shape: "diamond",
                  size: 24,
                  filled: true,
                  opacity: 1,
                  fill: neutral.paper,
                  stroke: neutral.ink,
                  strokeWidth: 1,
                },
                encoding: { y: { ...y, field: "centre" } },
              },
            ]
          : []),
        unavailableMark,
      ],
    },
  };
}

function boxFigure(figure: BoxFigure, { places }: StudyData): Drawing {
  const rows = places.flatMap((place) => {
    const numbers = figure.numbersOf(place.scenario);
    return numbers === undefined ? [] : [rowOf(place, numbers)];
  });
  const hasValue = rows.some(({ cells }) => typeof cells.median === "number");
  const hasCentre = rows.some(({ cells }) => typeof cells.centre === "number");
  const { name, title, caption, unit } = figure;
  return {
    ...{ name, title, caption, rows },
    fields: fieldsOf(unit, hasCentre),
    missing: reasonLines(
      rows.flatMap(({ cells }) =>
        typeof cells.unavailable === "string" ? [[String(cells.driver), cells.unavailable] as const] : [],
      ),
    ),
    spec: hasValue ? specOf(figure, rows) : null,
  };
}

const boxCaption = (of: string) =>
  `Box: 25th to 75th percentile of ${of}; line in it: median; whiskers: 5th and 95th percentile; dots: least and greatest value. What lies beyond the whiskers is an outlier: a tenth of all, of which the two most extreme are drawn. Quantiles are of Hyndman and Fan's type 7.`;
const sharedCaption =
  "Without background VMs load means nothing: such a scenario is measured once and stands in each panel of its frequency.";

/** Box plots of the study's metrics over packets (Figs. 5 to 15, 17 and 18), the main one on a log scale. */
export function packetBoxFigures(study: StudyData): Drawing[] {
  const { analysis, scenarios } = study;
  const summaries = new Map(analysis.scenarios.map((one) => [one.scenarioSha256, one]));
  const numbersOf = (scenario: number, metric: PublishedMetric): BoxNumbers | undefined => {
    const found = summaries.get(scenarios[scenario]?.sha256 ?? "")?.[publishedName(metric)];
    if (found === undefined || "unavailable" in found) return found;
    const { n, min, p05, p25, median, p75, p95, max, deploymentMedian, interval } = found;
    return {
      ...{ n, min, p05, p25, median, p75, p95, max },
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
  return study.runMetrics.map(({ metric: { probe, metric, what, unit: kept }, distributions }) => {
    const { unit, factor } = shownScale(kept);
    const numbersOf = (scenario: number): BoxNumbers | undefined => {
      const found = distributions.get(study.scenarios[scenario]?.sha256 ?? "");
      if (found === undefined || "unavailable" in found) return found;
      const { n, ...quantiles } = found;
      return {
        n,
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
        caption: [boxCaption("the runs of a scenario, of which each is one value"), sharedCaption],
        numbersOf,
      },
      study,
    );
  });
}
