import { readFile, stat } from "node:fs/promises";
import { LabError, messageOf } from "../../lib/errors.ts";
import { parseTwoColumns, type TwoColumns } from "./columns.ts";
import { hodgesLehmann, hodgesLehmannShift } from "./hodges-lehmann.ts";
import type { Estimate } from "./interval.ts";
import { type KendallResult, kendall } from "./kendall.ts";
import { type MannWhitneyResult, mannWhitney } from "./mann-whitney.ts";
import { ALTERNATIVES, KENDALL_VARIANTS, METHODS, oneOf, ZERO_METHODS } from "./options.ts";
import { type WilcoxonResult, wilcoxon } from "./wilcoxon.ts";

const STATS_TESTS = ["wilcoxon", "mannwhitney", "kendall"] as const;
type StatsTest = (typeof STATS_TESTS)[number];

/** The options of `./lab stats` as they stand on the command line; undefined where one was not given. */
export interface StatsOptions {
  alternative?: string | undefined;
  method?: string | undefined;
  /** wilcoxon and mannwhitney */
  correction?: boolean | undefined;
  /** wilcoxon only */
  zeroMethod?: string | undefined;
  /** kendall only */
  variant?: string | undefined;
}

interface Described {
  test: StatsTest;
  /** The names of the two columns, first and second sample. */
  columns: [string, string];
}

/** What `./lab stats` prints. `location` is the Hodges-Lehmann estimate of first minus second; null without data. */
export type StatsReport =
  | (Described & WilcoxonResult & { location: Estimate | null })
  | (Described & MannWhitneyResult & { location: Estimate | null })
  | (Described & KendallResult);

/** Files beyond this size would not fit into memory as text. */
const LARGEST_FILE = 256 * 1024 * 1024;

/**
 * `./lab stats TEST FILE`: one test of a two-column CSV file with a header, by SciPy's definitions of `wilcoxon`, `mannwhitneyu` and
 * `kendalltau`.
 *
 * The method `auto` is exact for at most 50 pairs without ties and zeros; for mannwhitney, whose columns may have different
 * lengths (blank cells at the end of one), it is exact where neither has more than 50 values. Where SciPy says NaN, statistic or
 * p-value is null and `notes` has the reason, since JSON has no NaN.
 *
 * @throws LabError with exit code 2 for an unknown test or option and for an option that the test does not have, with exit
 * code 1 for a file that cannot be read or used, its line named
 */
export async function statsCommand(test: string, file: string, options: StatsOptions = {}): Promise<StatsReport> {
  const chosen = oneOf(STATS_TESTS, test, "test");
  const run = prepare(chosen, options);
  const data = parseTwoColumns(await readText(file), { source: file, unequal: chosen === "mannwhitney" });
  return run(data);
}

/** Checks the options before any file is read, and gives what is to be done with the data. */
function prepare(test: StatsTest, options: StatsOptions): (data: TwoColumns) => StatsReport {
  const alternative = oneOf(ALTERNATIVES, options.alternative ?? "two-sided", "--alternative");
  const method = oneOf(METHODS, options.method ?? "auto", "--method");
  const zeroMethod = oneOf(ZERO_METHODS, options.zeroMethod ?? "wilcox", "--zero-method");
  const variant = oneOf(KENDALL_VARIANTS, options.variant ?? "b", "--variant");
  const correction = options.correction ?? false;
  const refuse = (given: boolean, option: string, owner: string) => {
    if (given)
      throw new LabError(`${option} has no meaning for ${test}, only for ${owner}; leave it out`, { exitCode: 2 });
  };
  refuse(options.zeroMethod !== undefined && test !== "wilcoxon", "--zero-method", "wilcoxon");
  refuse(options.variant !== undefined && test !== "kendall", "--variant", "kendall");
  refuse(correction && test === "kendall", "--correction", "wilcoxon and mannwhitney");

  return ({ names: columns, x, y }) => {
    if (test === "kendall") return { test, columns, ...kendall(x, y, { alternative, method, variant }) };
    if (test === "wilcoxon") {
      const result = wilcoxon(x, y, { alternative, method, zeroMethod, correction });
      return { test, columns, ...result, location: locate(result, () => hodgesLehmann(x, y)) };
    }
    const result = mannWhitney(x, y, { alternative, method, correction });
    return { test, columns, ...result, location: locate(result, () => hodgesLehmannShift(x, y)) };
  };
}

/** The location estimate that goes with a test; where it cannot be formed the test still stands, with a note. */
function locate(result: { statistic: number | null; notes: string[] }, estimate: () => Estimate): Estimate | null {
  if (result.statistic === null) return null;
  try {
    return estimate();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    result.notes.push(`no location estimate: ${error.message}`);
    return null;
  }
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST_FILE) throw new LabError(`it has ${size} bytes, more than ${LARGEST_FILE}; split it`);
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
  } catch (error) {
    throw new LabError(`${file} cannot be read as text: ${messageOf(error)}`, { cause: error });
  }
}
