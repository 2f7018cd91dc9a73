import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readExperiments } from "../../cli/campaign/experiment.ts";
import { checkout } from "../../lib/paths.ts";
import { readCalibration } from "../../measure/analysis/claims/calibration.ts";
import { claimsDocument } from "../../measure/analysis/claims/document.ts";
import { largestShare } from "../support/calibration/errors.ts";
import { ruleStatements } from "../support/calibration/measure.ts";

it("what was measured of the claims' rules was measured of these rules, with these replicates", () => {
  const { rules, replicates, claims, edges, datasets } = readCalibration();
  expect(rules).toEqual(ruleStatements());
  for (const id of ["baseline", "macvtap", "connection", "competition"])
    expect(readExperiments([id])[0]?.profiles.emulated?.replicates).toBe(replicates);
  expect(datasets).toBeGreaterThanOrEqual(2000);
  expect(Object.keys(claims).sort()).toEqual(["emulated", "paper"]);
  expect(Object.keys(edges).length).toBeGreaterThan(20);
});

it("no verdict was measured to err in more than 5 % and what chance adds", () => {
  const { claims, rulesWithoutDifference, edges, toldApart, table3, datasets } = readCalibration();
  const shares = [...Object.values(claims), ...Object.values(rulesWithoutDifference)].flatMap(Object.values);
  const others = [
    ...Object.values(edges).flat(),
    ...toldApart.flatMap(({ bySpreads }) => bySpreads["0"] ?? []),
    ...table3.flatMap(({ unit, share }) => (unit === "deployment" ? share : [])),
  ];
  expect(Math.max(...shares, ...others)).toBeLessThanOrEqual(largestShare(datasets));
});

it("nothing was found in split plots in more than 5 % and what chance adds, but for what the analysis does not do", () => {
  const { datasets, found } = readCalibration().splitPlot;
  expect(datasets).toBeGreaterThanOrEqual(1000);
  for (const { replicates, eachPair, ...shares } of found) {
    expect(replicates).toBeGreaterThanOrEqual(6);
    expect(Math.max(...Object.values(shares))).toBeLessThanOrEqual(largestShare(datasets));
    expect(eachPair).toBeGreaterThan(largestShare(datasets));
  }
});

it("docs/claims.md is what node measure/analysis/claims/document.ts writes", () => {
  expect(readFileSync(join(checkout, "docs", "claims.md"), "utf8")).toBe(claimsDocument());
});
