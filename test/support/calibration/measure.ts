import type { Calibration } from "../../../measure/analysis/claims/calibration.ts";
import { studyClaims } from "../../../measure/analysis/claims/study.ts";
import { ruleWords } from "../../../measure/analysis/claims/words.ts";
import { campaignOf, type Source, sourceOf } from "./campaign.ts";
import { truthOf } from "./edges.ts";
import { atEdges, type Rate, withoutDifference } from "./errors.ts";
import { type Noise, noises, plotNoises } from "./noise.ts";
import { powerOf, table3Errors, toldApart } from "./power.ts";
import { splitPlotClaims, splitPlotErrors } from "./split-plot.ts";

/** Replicates that the experiments' emulated profile has, and that the paper's is measured with. */
export const replicates: number = campaignOf("emulated").replicates;

const all: readonly Noise[] = Object.values(noises);
const shareOf = (rates: readonly Rate[]) =>
  rates.reduce((sum, { decided }) => sum + decided, 0) / rates.reduce((sum, one) => sum + one.of, 0);

/** Pools what was measured with each kind of noise. */
function pooled(parts: readonly Record<string, Rate>[]): Record<string, number> {
  const names = Object.keys(parts[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, shareOf(parts.flatMap((part) => part[name] ?? []))]));
}

/** All rules with the statements that they test, by claim and place, as "C5.0". */
export const ruleStatements = (): Record<string, string> =>
  Object.fromEntries(
    studyClaims.flatMap(({ id, rules }) => rules.map((rule, place) => [`${id}.${place}`, ruleWords(rule)])),
  );

/** Runs of a deployment in what is measured: more of them only narrow what its value is, and take as long. */
const runs = 2;

/** Claims and rules on whole campaigns in which no driver differs, an equal number of them with each kind of noise. */
export function measureClaims(profile: "paper" | "emulated", datasets: number, source: Source) {
  const campaign = { ...campaignOf(profile), replicates, runs };
  const parts = all.map((noise) => withoutDifference(campaign, noise, Math.ceil(datasets / all.length), source));
  return { claims: pooled(parts.map(({ claims }) => claims)), rules: pooled(parts.map(({ rules }) => rules)) };
}

/** Rules that state a range, each at its edges, on the paper's scenarios. */
export function measureEdges(datasets: number, source: Source): Calibration["edges"] {
  const campaign = { ...campaignOf("paper"), replicates, runs };
  const edges: Calibration["edges"] = {};
  for (const claim of studyClaims)
    for (const [place, rule] of claim.rules.entries()) {
      if (truthOf(rule, campaign.scenarios) === "edge") continue;
      const parts = all.map((noise) => atEdges(claim, rule, campaign, noise, Math.ceil(datasets / all.length), source));
      const rates = (parts[0] ?? []).map((_, edge) => shareOf(parts.map((part) => part[edge] as Rate)));
      if (rates.length > 0) edges[`${claim.id}.${place}`] = rates;
    }
  return edges;
}

/** How often an order of two drivers in one scenario each is found. */
export const measurePower = (datasets: number, source: Source): Calibration["power"] =>
  [3, 6, 8, 10, 12, 20].flatMap((count) =>
    [1, 2, 3, 5].map((spreads) => powerOf(campaignOf("emulated"), noises.own, count, spreads, datasets, source)),
  );

/** How often `compare` and `demo` tell two drivers apart. */
export const measureToldApart = (datasets: number, source: Source): Calibration["toldApart"] =>
  [3, 4, 5, 6, 8].map((count) => {
    const campaign = { ...campaignOf("emulated"), replicates: count, runs: 1 };
    const apart = (noise: Noise, spreads: number) =>
      toldApart(campaign, noise, spreads, "student", Math.ceil(datasets / 2), source);
    const bySpreads = [0, 2, 3, 5, 8].map((spreads) => [
      String(spreads),
      (apart(noises.own, spreads) + apart(noises.heavy, spreads)) / 2,
    ]);
    const method = count < 6 ? "Student's t of logarithms" : "Hodges-Lehmann, exact";
    return { replicates: count, method, bySpreads: Object.fromEntries(bySpreads) };
  });

/** Table 3 with runs for units, as the paper has them, and with deployments. */
export const measureTable3 = (datasets: number, source: Source): Calibration["table3"] =>
  (
    [
      ["run-median", 3, 2],
      ["run-median", 1, 10],
      ["run-median", replicates, 2],
      ["deployment", replicates, 2],
    ] as const
  ).flatMap(([unit, count, runsEach]) =>
    [noises.own, { ...noises.own, run: noises.own.deployment / 2 }].map((noise) => ({
      ...{ unit, replicates: count, runs: runsEach, run: noise.run / noise.deployment },
      share: table3Errors(
        { ...campaignOf("emulated"), replicates: count, runs: runsEach },
        noise,
        unit,
        datasets,
        source,
      ),
    })),
  );

/** What is found in split plots in which nothing differs, half of the data sets with each kind of noise. */
export function measureSplitPlots(datasets: number, seed: number): Calibration["splitPlot"] {
  const kinds: readonly Noise[] = Object.values(plotNoises);
  const each = Math.ceil(datasets / kinds.length);
  const found = [6, replicates].map((count) => {
    const source = sourceOf(seed + count);
    const parts = kinds.map((noise) => ({
      ...splitPlotErrors(count, noise, each, { source, seed }),
      ...splitPlotClaims(count, noise, each, source),
    }));
    type Part = (typeof parts)[number];
    const mean = (key: keyof Part) => parts.reduce((sum, part) => sum + part[key], 0) / parts.length;
    const shares = Object.fromEntries(Object.keys(parts[0] ?? {}).map((key) => [key, mean(key as keyof Part)]));
    return { replicates: count, ...(shares as Part) };
  });
  return { datasets: each * kinds.length, noises: kinds.map(({ name }) => name), found };
}
