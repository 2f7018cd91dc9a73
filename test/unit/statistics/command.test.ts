import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { LabError } from "../../../lib/errors.ts";
import { type StatsOptions, statsCommand } from "../../../measure/statistics/command.ts";
import { expectClose, fixture, type RankTestCase, samplesOf } from "./fixtures.ts";

const directory = mkdtempSync(join(tmpdir(), "stats-"));
afterAll(() => rmSync(directory, { recursive: true }));
const path = join(directory, "data.csv");

function run(test: string, text: string | Uint8Array, options: StatsOptions = {}) {
  writeFileSync(path, text);
  return statsCommand(test, path, options);
}

async function refusal(test: string, text: string, options: StatsOptions = {}): Promise<LabError> {
  const error = await run(test, text, options).catch((reason: unknown) => reason);
  if (!(error instanceof LabError)) throw new Error(`expected a refusal, got ${JSON.stringify(error)}`);
  return error;
}

const csv = (x: readonly number[], y: readonly number[]) =>
  `x,y\n${Array.from({ length: Math.max(x.length, y.length) }, (_, i) => `${x[i] ?? ""},${y[i] ?? ""}\n`).join("")}`;

describe("stats", () => {
  test("gives what the oracle gives, through a file", async () => {
    for (const name of ["wilcoxon", "mannwhitney", "kendall"]) {
      for (const one of fixture<RankTestCase<StatsOptions>[]>(name).filter((_, i) => i % 29 === 0)) {
        const [x, y] = samplesOf(one);
        const { correction, ...others } = one.options;
        const options = name === "kendall" ? others : { ...others, correction };
        const report = await run(name, csv(x, y), options);
        expectClose(report.statistic, one.statistic, 1e-12, `${name} ${one.name}`);
        expectClose(report.pValue, one.pValue, 1e-7, `${name} ${one.name}`);
        expect(report.n).toBe(Math.max(x.length, y.length));
        expect(JSON.parse(JSON.stringify(report))).toEqual(report);
      }
    }
  });

  test("auto is exact up to 50 pairs without ties and zeros, without a continuity correction", async () => {
    const untied = (n: number) =>
      csv(
        Array.from({ length: n }, (_, i) => (i + 1) * (i % 3 ? 1 : -1)),
        new Array(n).fill(0),
      );
    expect(await run("wilcoxon", untied(50))).toMatchObject({ method: "exact", n: 50, columns: ["x", "y"] });
    expect(await run("wilcoxon", untied(51))).toMatchObject({ method: "asymptotic", correction: false });
    expect(await run("wilcoxon", csv([1, 2, 3], [1, 1, 1]))).toMatchObject({ method: "exact", n: 3, zeros: 1 });
    const tied = await run("wilcoxon", csv(new Array(21).fill(1), new Array(21).fill(0)));
    expect(tied).toMatchObject({ method: "asymptotic", n: 21 });
    const ranks = Array.from({ length: 50 }, (_, i) => i);
    expect(await run("kendall", csv(ranks, ranks))).toMatchObject({ method: "exact", statistic: 1 });
    expect(await run("kendall", csv([0, 0, 1], [1, 2, 3]))).toMatchObject({ method: "exact" });
    expect(
      await run(
        "mannwhitney",
        csv(
          ranks,
          ranks.map((i) => i + 0.5),
        ),
      ),
    ).toMatchObject({ method: "exact" });
    expect(await run("mannwhitney", csv([...ranks, 50], [0.5]))).toMatchObject({ method: "asymptotic", n: 51, n2: 1 });
  });

  test("says null with the reason where there is nothing to test", async () => {
    for (const name of ["wilcoxon", "mannwhitney", "kendall"]) {
      const report = await run(name, "x,y\n");
      expect(report).toMatchObject({ n: 0, statistic: null, pValue: null });
      expect(report.notes).toHaveLength(1);
    }
    expect(await run("kendall", csv([1], [1]))).toMatchObject({ n: 1, statistic: null, pValue: null });
    expect(await run("wilcoxon", csv([1], [3]))).toMatchObject({ n: 1, statistic: 0, pValue: 1 });
    expect(await run("mannwhitney", csv([1], [1]))).toMatchObject({ statistic: 0.5, pValue: null });
    // SciPy divides by zero here; two pairs have no triple of ties.
    expect((await run("kendall", csv([1, 2], [1, 2]), { method: "asymptotic" })).pValue).toBeCloseTo(0.3173, 4);
  });

  test("a location that overflows is left out, the rank test is not", async () => {
    const report = await run("mannwhitney", csv([1.7e308, 1], [-1.7e308, 2]));
    expect(report).toMatchObject({ statistic: 3, location: null });
    expect(report.notes.join()).toContain("overflows");
    expect((await refusal("wilcoxon", csv([1.7e308], [-1.7e308]))).message).toContain("x[0] - y[0] overflows");
  });

  test.each([
    ["median", {}, 'test "median" is not known; choose one of: wilcoxon, mannwhitney, kendall'],
    ["wilcoxon", { alternative: "more" }, '--alternative "more"'],
    ["wilcoxon", { method: "fast" }, "--method"],
    ["wilcoxon", { zeroMethod: "drop" }, "--zero-method"],
    ["kendall", { variant: "a" }, "--variant"],
    ["kendall", { correction: true }, "--correction has no meaning for kendall, only for wilcoxon and mannwhitney"],
    ["mannwhitney", { zeroMethod: "pratt" }, "--zero-method has no meaning for mannwhitney"],
    ["wilcoxon", { variant: "b" }, "--variant has no meaning"],
  ])("bad usage of %s %j exits 2", async (name, options, message) => {
    const error = await refusal(name, "x,y\n1,2\n", options);
    expect(error.message).toContain(message);
    expect(error.exitCode).toBe(2);
  });

  test("data that a method cannot use exit 1", async () => {
    const error = await refusal("kendall", csv([1, 1, 2], [1, 2, 3]), { method: "exact" });
    expect(error.message).toContain("without ties");
    expect(error.exitCode).toBe(1);
    const many = Array.from({ length: 1001 }, (_, i) => i + 1);
    const tooLong = await refusal("wilcoxon", csv(many, new Array(1001).fill(0)), { method: "exact" });
    expect(tooLong.message).toContain("up to 1000");
    expect((await refusal("kendall", csv(many, many), { method: "exact" })).exitCode).toBe(1);
    expect(
      (await refusal("mannwhitney", csv(many, [0.5, ...many.slice(0, 99).map((i) => i + 0.5)]), { method: "exact" }))
        .message,
    ).toContain("40000");
  });

  test("a file that is missing, a directory or not text exits 1", async () => {
    for (const file of [join(directory, "none.csv"), directory]) {
      await expect(statsCommand("kendall", file)).rejects.toThrow("cannot be read as text");
    }
    await expect(run("kendall", Uint8Array.of(0x78, 0x2c, 0xff, 0xfe))).rejects.toThrow("cannot be read as text");
  });
});
