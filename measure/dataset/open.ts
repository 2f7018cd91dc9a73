import { LabError } from "../../lib/errors.ts";
import { factorColumnsOf, runFactorsOf } from "../../study/factor-columns.ts";
import { factorTable } from "../../study/factors.ts";
import { type AnalysedMetric, analysedMetrics, type CpuMetric, cpuMetrics } from "../../study/metric-lists.ts";
import { type Quantile, quantileNames } from "../metrics/metric-summary.ts";
import { ping } from "../probes/ping/probe.ts";
import { orderSchema } from "../results/order.ts";
import { runColumns, snakeCase } from "./columns.ts";
import { quoted, withDatabase } from "./database.ts";
import { onlyFidelity } from "./fidelity.ts";
import { lostRuns } from "./lost-runs.ts";
import { batchOf, eachOf, type PacketSummary, type RunRecord } from "./run-record.ts";
import { cpuMetricName } from "./summary-rows.ts";
import { partFiles, type Tables, type UpdateOptions, type UpdateReport, updateDataset } from "./update.ts";

/** A results directory with its derived data up to date. */
export interface Dataset {
  directory: string;
  tables: Tables;
  /** Of all its runs: runs of different fidelity are not mixed. */
  fidelity: string;
  runs: RunRecord[];
  /** Runs that were measured and do not count, nor any other of equal place: comparisons must not take them for never tried. */
  lost: RunRecord[];
  /** Folders of runs that are copies of others: the tables have them, `runs` does not. */
  copies: string[];
  update: UpdateReport;
}

const factorColumns = factorColumnsOf(factorTable);
const plainColumns = [
  ...runColumns.map(({ name }) => name),
  ...[
    "manifest_sha256",
    "data_sha256",
    "environment_sha256",
    "started",
    "order_kind",
    "order_seed",
    "block",
    "position",
    "positions",
    "plot",
    "plot_position",
    "campaign",
    "main_vms",
  ],
  ...["transmitted", "received", "achieved_rate_pps"],
];

const summaryFields = ["n", ...quantileNames] as const;
const cpuName = (metric: CpuMetric) => cpuMetricName(metric, "during");

/** Of ping's summaries what analyses use, a row per run: a column for each metric and field, and one for each CPU usage. */
function summariesByRun({ summaries }: Tables): string {
  const cell = (metric: string, field: string, name: string) =>
    `any_value("${field}") FILTER (metric = ${quoted(metric)}) AS "${name}"`;
  const cells = [
    ...analysedMetrics
      .map(snakeCase)
      .flatMap((metric) => [...summaryFields, "reason"].map((field) => cell(metric, field, `${metric}_${field}`))),
    ...cpuMetrics
      .map(cpuName)
      .flatMap((metric) => [cell(metric, "median", metric), cell(metric, "reason", `${metric}_reason`)]),
  ];
  return `SELECT run_directory, ${cells.join(", ")} FROM read_parquet(${partFiles(summaries)})
    WHERE probe = ${quoted(ping.id)} GROUP BY run_directory`;
}

/** Of all runs what analyses use, a row each, in the order of their folders. */
const runsWithSummaries = (tables: Tables): string =>
  `SELECT ${plainColumns.map((name) => `"${name}"`).join(", ")}, summary.* EXCLUDE (run_directory)
   FROM read_parquet(${partFiles(tables.runs)}) JOIN (${summariesByRun(tables)}) AS summary USING (run_directory)
   ORDER BY run_directory`;

type Value = string | number | null;

function recordOf(row: ReadonlyMap<string, Value>): RunRecord {
  const cell = (name: string): Value => row.get(name) ?? null;
  const text = (name: string) => String(cell(name));
  const number = (name: string) => Number(cell(name));
  const summary = (metric: AnalysedMetric): PacketSummary => {
    const reason = cell(`${snakeCase(metric)}_reason`);
    if (reason !== null) return { unavailable: String(reason) };
    const fields = summaryFields.map((field) => [field, number(`${snakeCase(metric)}_${field}`)] as const);
    return Object.fromEntries(fields) as Record<"n" | Quantile, number>;
  };
  const directory = text("run_directory");
  return {
    directory,
    batch: batchOf(directory),
    scenario: text("scenario"),
    scenarioSha256: text("scenario_sha256"),
    fidelity: text("fidelity"),
    ...runFactorsOf(Object.fromEntries(factorColumns.map(({ name }) => [name, cell(name)]))),
    environmentSha256: text("environment_sha256"),
    replicate: number("replicate"),
    run: number("run"),
    started: text("started"),
    order:
      cell("order_kind") === null
        ? null
        : orderSchema.parse({
            kind: cell("order_kind"),
            seed: cell("order_seed"),
            block: cell("block"),
            position: cell("position"),
            positions: cell("positions"),
            plot: cell("plot") ?? undefined,
            plotPosition: cell("plot_position") ?? undefined,
            campaign: cell("campaign") ?? undefined,
          }),
    mainVms: cell("main_vms") === null ? null : text("main_vms"),
    transmitted: number("transmitted"),
    received: number("received"),
    achievedRatePps: cell("achieved_rate_pps") === null ? null : number("achieved_rate_pps"),
    cpu: eachOf(cpuMetrics, (metric) => {
      const reason = cell(`${cpuName(metric)}_reason`);
      return reason === null ? number(cpuName(metric)) : { unavailable: String(reason) };
    }),
    metrics: eachOf(analysedMetrics, summary),
  };
}

/** The rows of a query, by name of the column. */
export async function readRows(sql: string): Promise<Map<string, Value>[]> {
  return withDatabase(async (connection) => {
    const reader = await connection.runAndReadAll(sql);
    const names = reader.columnNames();
    return reader
      .getRowsJS()
      .map((row) => new Map(row.map((value, column) => [names[column] ?? "", plain(value)] as const)));
  });
}

const plain = (value: unknown): Value =>
  value === null || value === undefined ? null : typeof value === "bigint" ? Number(value) : (value as Value);

const leftOutText = ({ leftOut }: UpdateReport) =>
  leftOut
    .slice(0, 5)
    .map(({ folder, why }) => `\n${folder}: ${why}`)
    .join("");

/**
 * Rows of equal data are copies of one run, also where a manifest calls one another replicate: the first by folder counts, and the others
 * would only double what was measured.
 */
function countedOnce(rows: readonly ReadonlyMap<string, Value>[]) {
  const originals = new Map<Value, ReadonlyMap<string, Value>>();
  const copies: UpdateReport["leftOut"] = [];
  const kept = rows.filter((row) => {
    const folder = String(row.get("run_directory"));
    const data = row.get("data_sha256") ?? null;
    const original = originals.get(data);
    if (original === undefined) originals.set(data, row);
    else {
      const isSame = original.get("manifest_sha256") === row.get("manifest_sha256");
      const equal = isSame ? "equal manifest.json" : "equal data under another manifest.json";
      copies.push({ folder, why: `a copy of ${original.get("run_directory")} (${equal}); the run counts once` });
    }
    return original === undefined;
  });
  return { kept, copies };
}

/**
 * Opens a results directory as a dataset: brings its derived data up to date, and reads its runs.
 * @throws LabError when there is no run that counts, and when its runs are from servers of different fidelity
 */
export async function openDataset(directory: string, options: UpdateOptions = {}): Promise<Dataset> {
  const update = await updateDataset(directory, options);
  if (update.runs === 0)
    throw new LabError(`${directory} holds no run that counts${leftOutText(update)}`, { exitCode: 1 });
  return readDataset(directory, update, options.say);
}

/**
 * Reads a results directory whose derived data is up to date, and holds a run.
 * @param update what was found when it was brought up to date
 * @throws LabError when its runs are from servers of different fidelity
 */
export async function readDataset(
  directory: string,
  update: UpdateReport,
  say?: (line: string) => void,
): Promise<Dataset> {
  const rows = await readRows(runsWithSummaries(update.tables));
  const { kept, copies } = countedOnce(rows);
  const runs = kept.map(recordOf);
  const aside = update.setAside.map((folder) => ({ folder, why: "the run was set aside" }));
  const lost = lostRuns(directory, runs, [...update.leftOut, ...aside]);
  update.leftOut.push(...copies);
  for (const { folder, why } of copies) say?.(`left out: ${folder}: ${why}`);
  return {
    directory,
    tables: update.tables,
    fidelity: onlyFidelity(
      runs.map(({ fidelity }) => fidelity),
      directory,
    ),
    runs,
    lost,
    copies: copies.map(({ folder }) => folder),
    update,
  };
}
