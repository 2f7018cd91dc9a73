import { campaignOf } from "../../measure/analysis/campaigns.ts";
import { driverOf } from "../../measure/analysis/competitors.ts";
import { deploymentsOf } from "../../measure/analysis/deployments.ts";
import { changeWords } from "../../measure/analysis/drift.ts";
import { mainMetric, measures } from "../../study/metric-lists.ts";
import { inOrder } from "../layout/places.ts";
import type { StudyData } from "../study-data.ts";
import type { Drawing, DrawnRow, FigureSpec } from "./drawing.ts";
import { byDriver, inPanels, logAxis, logScale, tooltipOf } from "./pieces.ts";
import { neutral } from "./theme.ts";

const fields = [
  { name: "panel", head: "campaign" },
  { name: "order", head: "deployment, by the time of its first run" },
  { name: "started", head: "started" },
  { name: "replicate", head: "replicate" },
  { name: "scenario", head: "scenario" },
  { name: "driver", head: "driver" },
  { name: "value", head: "median RTT, ms" },
];

const specOf = (rows: readonly DrawnRow[]): FigureSpec => ({
  ...inPanels([...new Set(rows.map(({ cells }) => String(cells.panel)))], 1),
  spec: {
    width: 620,
    height: 200,
    layer: [
      {
        mark: { type: "point", filled: true, size: 50, opacity: 1, stroke: neutral.ink, strokeWidth: 0.6 },
        encoding: {
          x: {
            field: "order",
            type: "quantitative",
            title: "deployment, in the order of time",
            axis: { tickMinStep: 1 },
          },
          y: { field: "value", type: "quantitative", title: "median RTT, ms", scale: logScale, axis: logAxis },
          color: byDriver(rows.map(({ cells }) => String(cells.driver))),
          tooltip: tooltipOf(fields),
        },
      },
    ],
  },
});

/** RTT over a campaign, deployment by deployment: whether the machine drifted while it was measured. */
export function campaignFigures({ dataset, analysis, indexOf }: StudyData): Drawing[] {
  const deployments = deploymentsOf(dataset.runs).map((deployment) => ({
    deployment,
    campaign: campaignOf(deployment.run),
    started: inOrder(deployment.runs.map(({ started }) => started))[0] ?? "",
  }));
  const campaigns = [...Map.groupBy(deployments, ({ campaign }) => campaign).values()];
  const rows = campaigns.flatMap((all, number) =>
    all
      .sort((a, b) => Date.parse(a.started) - Date.parse(b.started))
      .map(({ deployment, started }, place): DrawnRow => {
        const { run } = deployment;
        return {
          scenarios: [indexOf.get(run.scenarioSha256) ?? -1].filter((index) => index >= 0),
          cells: {
            panel: `${run.order?.campaign ?? (run.batch || `campaign ${number + 1}`)}`,
            order: place + 1,
            ...{ started, replicate: run.replicate, scenario: run.scenario, driver: driverOf(run) },
            value: deployment.valueOf(mainMetric),
          },
        };
      }),
  );
  const drift = analysis.drift.find(({ measure }) => measure === mainMetric);
  return [
    {
      name: "campaign-rtt",
      title: "RTT over a campaign, deployment by deployment",
      caption: [
        "A point is a deployment: the median of its runs' median RTTs. The order of deployments is drawn at random, so a drift of the machine lies over all drivers alike.",
        ...(drift
          ? [
              `Drift of the ${measures[mainMetric].what} from the first deployment of a replicate to the last: ${changeWords(drift)}.`,
            ]
          : []),
      ],
      fields,
      rows,
      missing: [],
      spec: rows.some(({ cells }) => cells.value !== null) ? specOf(rows) : null,
    },
  ];
}
