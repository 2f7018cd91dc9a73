import { expect, test } from "vitest";
import { estimateOf } from "../../../measure/analysis/compared-estimate.ts";
import { disturbanceOf } from "../../../measure/analysis/disturbance.ts";
import { disturbanceFigures } from "../../../report/figures/disturbance.ts";
import type { StudyData } from "../../../report/study-data.ts";
import { measures } from "../../../study/metric-lists.ts";
import { crossedCaptures } from "../../support/captures.ts";
import { drawnData } from "../../support/report.ts";

const figuresOf = (fidelity: "hardware" | "emulated") => {
  const disturbance = disturbanceOf(crossedCaptures(["virtio-bridge", "macvtap-passthrough"]), fidelity);
  const indexOf = new Map(disturbance.flatMap(({ scenarios }) => scenarios).map((sha256, i) => [sha256, i]));
  const study = { analysis: { disturbance }, indexOf } as unknown as StudyData;
  return { disturbance, figures: disturbanceFigures(study) };
};

test("what captures change is drawn as analyse says it, each measure by driver", () => {
  const { disturbance, figures } = figuresOf("hardware");
  expect(figures.map(({ name }) => name)).toEqual(["disturbance", "disturbance-cpu"]);
  const drawn = figures.flatMap(drawnData).filter(({ driver }) => driver !== undefined);
  for (const { by, driver, measure, comparison, verdict } of disturbance) {
    const found = estimateOf(comparison);
    const isOf = (datum: Record<string, unknown>) =>
      datum.driver === driver && datum.panel === `${by}: ${measures[measure].what}`;
    expect(drawn.find(isOf)).toMatchObject({
      ...{ estimate: found?.estimate, low: found?.interval?.low, high: found?.interval?.high },
      ...{ n: comparison.n, verdict },
    });
  }
  const [times] = figures;
  expect(new Set(times?.rows.map(({ cells }) => cells.panel))).toContain("second capture: median RTT");
  // A mark rests on the scenarios of both sides: captures with mpstat and without, mpstat with each number of captures.
  for (const { cells, scenarios } of times?.rows ?? [])
    expect(scenarios).toHaveLength(String(cells.panel).startsWith("mpstat") ? 6 : 4);
  const alone = disturbance.filter(({ by }) => by === "mpstat");
  const study = { analysis: { disturbance: alone }, indexOf: new Map() } as unknown as StudyData;
  expect(disturbanceFigures(study).map(({ name }) => name)).toEqual(["disturbance"]);
});

test("CPU usage says nothing on emulated servers; without runs that were not captured there is no figure", () => {
  const [, cpu] = figuresOf("emulated").figures;
  expect(cpu?.rows.map(({ cells }) => cells.answer)).toEqual(cpu?.rows.map(() => "says nothing on these servers"));
  const none = { analysis: { disturbance: [] }, indexOf: new Map() } as unknown as StudyData;
  expect(disturbanceFigures(none)).toEqual([]);
});
