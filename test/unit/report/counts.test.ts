import { expect, test } from "vitest";
import { distributionFigures } from "../../../report/figures/distribution.ts";
import type { DrawnRow } from "../../../report/figures/drawing.ts";
import { partFigures } from "../../../report/figures/parts.ts";
import { levelWords, placesByVms, placesOf } from "../../../report/layout/places.ts";
import { shownScenarios } from "../../../report/layout/scenarios.ts";
import { drawnStudy } from "../../support/report.ts";
import { sampleResults } from "../../support/samples.ts";
import { madeRun } from "../../support/study-runs.ts";

test("figures say of how many values, packets and deployments they are, and who has none", async () => {
  using results = await sampleResults();
  const { study, figures } = await drawnStudy(results.directory);
  const rowsOf = (name: string): readonly DrawnRow[] => figures.get(name)?.rows ?? [];
  for (const name of ["boxes-rtt", "boxes-ping-cpu-sender-during"])
    expect(rowsOf(name).map(({ cells }) => cells.deployments)).toEqual([1, 1, 1, 1]);
  // Two runs have no outliers: their box says that it is of two values.
  expect(rowsOf("boxes-ping-cpu-sender-during").map(({ cells }) => cells.shownCount)).toEqual(Array(4).fill("n = 2"));
  expect(JSON.stringify(figures.get("boxes-ping-cpu-sender-during")?.spec)).toContain("datum.n < 20");
  for (const { scenarios, cells } of rowsOf("parts-rtt")) {
    const { n, of } = study.parts.get(study.scenarios[scenarios[0] ?? -1]?.sha256 ?? "") ?? { n: 0, of: 0 };
    expect(of).toBeGreaterThanOrEqual(n);
    expect(cells.packets).toBe(`${n} of ${of}`);
  }
  const silent = { ...madeRun(), scenario: "silent", scenarioSha256: "silent" };
  const withSilent = { ...study, dataset: { ...study.dataset, lost: [silent] } } as typeof study;
  const [distribution] = distributionFigures(withSilent);
  const [parts] = partFigures(withSilent);
  expect(distribution?.missing).toEqual(["no packet that counts came back: silent"]);
  expect(parts?.missing).toContain("no packet that counts came back: silent");
});

test("a number of competitors that stands for another is named beside it", () => {
  const runs = [62, 63, 32].map((vms, i) =>
    madeRun({
      main: i === 1 ? "virtio-bridge" : "pci-passthrough",
      background: { vms, driver: "pci-passthrough" },
      load: { type: "cpu", location: "sender" },
    }),
  );
  const scenarios = shownScenarios(runs);
  for (const places of [placesOf(scenarios), placesByVms(scenarios)]) {
    expect(places.map(({ vms, competing }) => [vms, competing]).sort()).toEqual([
      [32, "32"],
      [64, "62 (for 64)"],
      [64, "63 (for 64)"],
    ]);
    expect(levelWords(places)).toEqual([
      "On SR-IOV the most background VMs are as many as VFs are left (4.4): 62 (for 64), 63 (for 64).",
    ]);
  }
  expect(levelWords(placesOf(shownScenarios([madeRun()])))).toEqual([]);
});
