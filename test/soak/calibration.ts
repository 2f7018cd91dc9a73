import { existsSync, readFileSync } from "node:fs";
import { publishFile } from "../../lib/publish.ts";
import { type Calibration, calibrationFile } from "../../measure/analysis/claims/calibration.ts";
import { sourceOf } from "../support/calibration/campaign.ts";
import {
  measureClaims,
  measureEdges,
  measurePower,
  measureSplitPlots,
  measureTable3,
  measureToldApart,
  replicates,
  ruleStatements,
} from "../support/calibration/measure.ts";
import { noises } from "../support/calibration/noise.ts";

/**
 * Measures how often verdicts err, and how often they find what is there: `node test/soak/calibration.ts [data sets] [seed] [part…]`.
 * Each part that is measured (all, where none is named) takes its place in calibration.json, from which
 * `node measure/analysis/claims/document.ts` writes the tables of docs/claims.md.
 */
const [count = "2000", seedText = "1", ...names] = process.argv.slice(2);
const [datasets, seed] = [Number(count), Number(seedText)];

/** What a part adds to what was measured before, told when it is done: parts may be measured side by side. */
type Found = (old: Partial<Calibration>) => Partial<Calibration>;

function claimsOf(profile: "paper" | "emulated"): Found {
  const { claims, rules } = measureClaims(profile, datasets, sourceOf(seed + (profile === "paper" ? 1 : 0)));
  return (old) => ({
    claims: { ...old.claims, [profile]: claims },
    rulesWithoutDifference: { ...old.rulesWithoutDifference, [profile]: rules },
  });
}

const adding =
  (found: Partial<Calibration>): Found =>
  () =>
    found;

const parts: Record<string, () => Found> = {
  emulated: () => claimsOf("emulated"),
  paper: () => claimsOf("paper"),
  edges: () => adding({ edges: measureEdges(datasets, sourceOf(seed + 2)) }),
  power: () => adding({ power: measurePower(datasets, sourceOf(seed + 3)) }),
  few: () => adding({ toldApart: measureToldApart(datasets, sourceOf(seed + 4)) }),
  // A data set of it takes as long as two of the others.
  "split-plot": () => adding({ splitPlot: measureSplitPlots(Math.ceil(datasets / 2), seed + 6) }),
  table3: () => adding({ table3: measureTable3(datasets, sourceOf(seed + 5)) }),
};

const written = (): Partial<Calibration> =>
  existsSync(calibrationFile) ? (JSON.parse(readFileSync(calibrationFile, "utf8")) as Partial<Calibration>) : {};

for (const [name, measure] of Object.entries(parts)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const start = performance.now();
  const found = measure();
  const about = {
    rules: ruleStatements(),
    ...{ replicates, datasets, seed },
    noises: Object.values(noises).map((noise) => noise.name),
  };
  await publishFile(calibrationFile, `${JSON.stringify({ ...written(), ...about, ...found(written()) }, null, 2)}\n`);
  process.stdout.write(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s\n`);
}
