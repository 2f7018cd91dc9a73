import { describe, expect, test } from "vitest";
import { type KendallOptions, kendall } from "../../../measure/statistics/kendall.ts";
import { type MannWhitneyOptions, mannWhitney } from "../../../measure/statistics/mann-whitney.ts";
import { type WilcoxonOptions, wilcoxon } from "../../../measure/statistics/wilcoxon.ts";
import { expectClose, fixture, type RankTestCase, samplesOf } from "./fixtures.ts";

const EXACT = 1e-9;
const ASYMPTOTIC = 1e-7;

/** Every case of a fixture, its statistic to 1e-12 and its p-value to the tolerance of its method. */
function agree<Options extends { method?: string }>(
  name: string,
  run: (x: number[], y: number[], options: Options) => { statistic: number | null; pValue: number | null },
) {
  const cases = fixture<RankTestCase<Options>[]>(name);
  expect(cases.length).toBeGreaterThan(200);
  for (const one of cases) {
    const [x, y] = samplesOf(one);
    const result = run(x, y, one.options);
    const what = `${name} ${one.name} ${JSON.stringify(one.options)}`;
    expectClose(result.statistic, one.statistic, 1e-12, `${what} statistic`);
    expectClose(result.pValue, one.pValue, one.options.method === "exact" ? EXACT : ASYMPTOTIC, `${what} p-value`);
  }
}

describe("agreement with SciPy", () => {
  test("wilcoxon", () => agree<WilcoxonOptions>("wilcoxon", wilcoxon));
  test("mannwhitneyu", () => agree<MannWhitneyOptions>("mannwhitney", mannWhitney));
  test("kendalltau", () => agree<KendallOptions>("kendall", kendall));
});
