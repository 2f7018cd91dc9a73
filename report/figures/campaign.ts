import { campaignOf } from "../../measure/analysis/campaigns.ts";
import { driverOf } from "../../measure/analysis/competitors.ts";
import { type Deployment, deploymentsOf } from "../../measure/analysis/deployments.ts";
import { changeWords } from "../../measure/analysis/drift.ts";
import { orderNotes } from "../../measure/analysis/order-notes.ts";
import type { RunRecord } from "../../measure/dataset/run-record.ts";
import { isDrawn } from "../../measure/results/order.ts";
import { mainMetric, measures } from "../../study/metric-lists.ts";
import { inOrder } from "../layout/places.ts";
import type { StudyData } from "../study-data.ts";
import type { Drawing, DrawnRow, FigureSpec } from "./drawing.ts";
import { drawnDrivers, panelsInTurn } from "./panels.ts";
import { asTitle, byDriver, logAxis, logScale, tooltipOf, unavailableLines, unavailableMark } from "./pieces.ts";
import { neutral } from "./theme.ts";

const fields = [
  { name: "panel", head: "campaign" },
  { name: "order", head: "place, by the time of the first run" },
  { name: "started", head: "started" },
  { name: "replicate", head: "replicate" },
  { name: "scenario", head: "scenario" },
  { name: "driver", head: "driver" },
  { name: "value", head: "median RTT, ms" },
  { name: "unavailable", head: "unavailable, because" },
];

function specOf(rows: readonly DrawnRow[]): FigureSpec {
  const x = {
    ...{ field: "order", type: "quantitative" as const, title: "scenarios of replicates, in the order of time" },
    axis: { tickMinStep: 1 },
  };
  return {
    ...panelsInTurn(rows, 1),
    spec: {
      width: 620,
      height: 200,
      layer: [
        {
          transform: [{ filter: "isValid(datum.value)" }],
          mark: { type: "point", filled: true, size: 50, opacity: 1, stroke: neutral.ink, strokeWidth: 0.6 },
          encoding: {
            x,
            y: { field: "value", type: "quantitative", title: "median RTT, ms", scale: logScale, axis: logAxis },
            color: byDriver(drawnDrivers(rows)),
            tooltip: tooltipOf(fields),
          },
        },
        { ...unavailableMark, encoding: { ...unavailableMark.encoding, x, tooltip: tooltipOf(fields) } },
      ],
    },
  };
}

/** Names of campaigns: their day and their own name, or their folder's, with a number where two would have one. */
function campaignNames(first: readonly RunRecord[]): string[] {
  const names = first.map(({ order, batch, started }) =>
    order?.campaign ? `campaign of ${started.slice(0, 10)} (${order.campaign})` : batch || "campaign",
  );
  return names.map((name, i) =>
    names.filter((other) => other === name).length > 1 ? `${name}, number ${i + 1}` : name,
  );
}

/** What the order of deployments lets a reader conclude, a sentence each. */
function orderWords(runs: readonly RunRecord[]): string[] {
  return [
    ...(runs.every(({ order }) => order && isDrawn(order.kind))
      ? [
          "The order of deployments was drawn at random: in expectation a drift of the machine lies over all drivers alike.",
        ]
      : []),
    ...orderNotes(runs).map((note) => `${asTitle(note)}.`),
  ];
}

function rowOf(deployment: Deployment, panel: string, place: number, indexOf: StudyData["indexOf"]): DrawnRow {
  const { run } = deployment;
  const value = deployment.valueOf(mainMetric);
  const reasons = deployment.reasonsAgainst(mainMetric).join("; ");
  return {
    scenarios: [indexOf.get(run.scenarioSha256) ?? -1].filter((index) => index >= 0),
    cells: {
      ...{ panel, order: place + 1, started: startOf(deployment) },
      ...{ replicate: run.replicate, scenario: run.scenario, driver: driverOf(run), value },
      unavailable: value === null ? reasons || "half of its runs or more are lost" : null,
    },
  };
}

const startOf = ({ runs }: Deployment) => inOrder(runs.map(({ started }) => started))[0] ?? "";

/** The deployments campaign by campaign in the order of time, also those of which no run counts. */
function rowsOf(runs: readonly RunRecord[], indexOf: StudyData["indexOf"]): DrawnRow[] {
  const campaigns = [...Map.groupBy(deploymentsOf(runs), ({ run }) => campaignOf(run)).values()];
  const names = campaignNames(campaigns.flatMap(([first]) => first?.run ?? []));
  return campaigns.flatMap((all, number) =>
    [...all]
      .sort((a, b) => Date.parse(startOf(a)) - Date.parse(startOf(b)))
      .map((deployment, place) => rowOf(deployment, names[number] ?? "", place, indexOf)),
  );
}

/** RTT over a campaign, deployment by deployment: whether the machine drifted while it was measured. */
export function campaignFigures({ dataset, analysis, indexOf }: StudyData): Drawing[] {
  const runs = [...dataset.runs, ...dataset.lost];
  const rows = rowsOf(runs, indexOf);
  const drift = analysis.drift.find(({ measure }) => measure === mainMetric);
  return [
    {
      name: "campaign-rtt",
      title: "RTT over a campaign, scenario by scenario",
      caption: [
        "A point is a scenario of a replicate: the median of its runs' median RTTs.",
        ...orderWords(runs),
        ...(drift
          ? [
              `Drift of the ${measures[mainMetric].what} from the first scenario of a replicate to the last: ${changeWords(drift)}.`,
            ]
          : []),
      ],
      fields,
      rows,
      missing: unavailableLines(rows, ({ driver, replicate }) => `${driver}, replicate ${replicate}`),
      spec: rows.some(({ cells }) => cells.value !== null) ? specOf(rows) : null,
    },
  ];
}
