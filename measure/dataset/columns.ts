import type { Column } from "../../study/factor.ts";
import { factorColumnsOf } from "../../study/factor-columns.ts";
import { type FactorTable, factorTable } from "../../study/factors.ts";
import { type MetricTable, timeMetricsOf } from "../../study/metric-lists.ts";
import { metrics } from "../../study/metrics.ts";
import { type Quantile, quantileNames } from "../metrics/metric-summary.ts";
import { orderKinds } from "../results/order.ts";

/** Version of the columns below; a dataset of another one is derived anew from the raw files. */
export const schemaVersion = 9;

/** "senderVm" is sender_vm in SQL, R and Python. */
export const snakeCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Which run a row is of, and its scenario's factors: the first columns of the tables of packets and of runs. */
const runColumnsOf = (table: FactorTable): readonly Column[] => [
  { name: "run_directory", type: "VARCHAR", what: "folder of the run, from the results directory" },
  { name: "scenario", type: "VARCHAR", what: "name of the scenario" },
  { name: "scenario_sha256", type: "VARCHAR", what: "hash of the scenario's factors" },
  { name: "fidelity", type: "VARCHAR", what: "hardware, emulated, emulated-virtual or emulated-kvm" },
  ...factorColumnsOf(table),
  { name: "replicate", type: "INTEGER", what: "which deployment of the scenario, from 1" },
  { name: "run", type: "INTEGER", what: "run in its replicate, from 1" },
];
export const runColumns = runColumnsOf(factorTable);

/** What one ping packet adds, before its metrics. */
export const packetColumns: readonly Column[] = [
  { name: "packet", type: "INTEGER", what: "number of the echo request in its run, from 1, without wraparound" },
  { name: "lost", type: "BOOLEAN", what: "ping got no reply" },
  { name: "last_seen", type: "VARCHAR", what: "lost: the last capture point that saw request or reply; NULL if none" },
  { name: "duplicates", type: "INTEGER", what: "replies beyond the first" },
  { name: "reordered", type: "BOOLEAN", what: "its reply came after that to a later request (RFC 4737)" },
];

/** A metric's three columns in the table of packets. */
export const metricColumns = (metric: string): readonly Column[] => {
  const name = snakeCase(metric);
  return [
    { name: `${name}_ns`, type: "BIGINT", what: "nanoseconds; NULL where it is unavailable" },
    { name: `${name}_reason`, type: "VARCHAR", what: "why it is NULL; NULL where it is there" },
    { name: `${name}_flag`, type: "VARCHAR", what: "why a value that is there must not be averaged; else NULL" },
  ];
};

/** packets.parquet: a row per packet and run. */
export const packetTableOf = (table: MetricTable): readonly Column[] => [
  ...runColumns,
  ...packetColumns,
  ...timeMetricsOf(table).flatMap(metricColumns),
];
export const packetTable = packetTableOf(metrics);

const quantileWords: Record<Quantile, string> = {
  min: "least",
  p05: "5th percentile",
  p25: "25th percentile",
  median: "median",
  p75: "75th percentile",
  p95: "95th percentile",
  max: "greatest",
};

/** summaries.parquet: a row per run, probe and metric. Quantiles are of Hyndman-Fan type 7. */
export const summaryTable: readonly Column[] = [
  { name: "run_directory", type: "VARCHAR", what: "folder of the run, from the results directory" },
  { name: "probe", type: "VARCHAR", what: "what was measured with" },
  { name: "metric", type: "VARCHAR", what: "name of the metric" },
  { name: "unit", type: "VARCHAR", what: "of its values" },
  { name: "n", type: "INTEGER", what: "values that may be used" },
  ...quantileNames.map(
    (name): Column => ({ name, type: "DOUBLE", what: `${quantileWords[name]} of them, NULL without any` }),
  ),
  { name: "reason", type: "VARCHAR", what: "why there are none; NULL where there are some" },
];

/** runs.parquet: a row per run. */
export const runTable: readonly Column[] = [
  ...runColumns,
  { name: "manifest_sha256", type: "VARCHAR", what: "hash of the run's manifest.json" },
  {
    name: "data_sha256",
    type: "VARCHAR",
    what: "hash of its files' checksums, but of facts.txt; equal for copies of one run",
  },
  { name: "files_state", type: "VARCHAR", what: "hash of its files' names, sizes and times, to notice changes" },
  { name: "environment_sha256", type: "VARCHAR", what: "hash of kernels, tools, NIC and hosts" },
  { name: "started", type: "VARCHAR", what: "start of the run, ISO 8601" },
  { name: "order_kind", type: "VARCHAR", what: `${orderKinds.join(", ")}; NULL where no order was planned` },
  { name: "order_seed", type: "BIGINT", what: "what an order was drawn from; NULL of one that is not" },
  { name: "block", type: "INTEGER", what: "block of the order, which is a replicate of all it orders; NULL without" },
  { name: "position", type: "INTEGER", what: "planned place of the deployment in its block, from 1; NULL without" },
  { name: "positions", type: "INTEGER", what: "places in the block; NULL without" },
  { name: "plot", type: "INTEGER", what: "planned whole plot of its block, from 1; NULL where there are none" },
  {
    name: "plot_position",
    type: "INTEGER",
    what: "planned place of the deployment in its whole plot, from 1; NULL without",
  },
  { name: "campaign", type: "VARCHAR", what: "what was ordered together; NULL where none was named" },
  {
    name: "main_vms",
    type: "VARCHAR",
    what: "hash of the Main VMs' boots: equal in runs that share them; NULL where nobody knows",
  },
  { name: "transmitted", type: "INTEGER", what: "echo requests sent" },
  { name: "received", type: "INTEGER", what: "echo requests answered" },
  { name: "reordered_replies", type: "INTEGER", what: "replies that came after one to a later request" },
  { name: "achieved_rate_pps", type: "DOUBLE", what: "rate at which ping sent; NULL where it cannot be told" },
  { name: "rtt_jitter_ns", type: "DOUBLE", what: "interarrival jitter of the RTT (RFC 3550, 6.4.1)" },
  {
    name: "clock_rate_low_ppm",
    type: "DOUBLE",
    what: "bounds of the Sender server's clock rate error against the VM's",
  },
  { name: "clock_rate_high_ppm", type: "DOUBLE", what: "the upper bound; NULL where there are none" },
];

/** A results directory's tables, in the order in which the files of a part are written: without its runs a part does not count. */
export const tables = { packets: packetTable, summaries: summaryTable, runs: runTable } as const;
export type TableName = keyof typeof tables;
export const tableNames = Object.keys(tables) as TableName[];
