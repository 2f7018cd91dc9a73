/** Statistics over the packets of all runs of a driver, in milliseconds; or why there are none. */
export type MetricSummary = { median: number; p05: number; p95: number } | { unavailable: string };

/** What the demo measured with one driver, as `--json` prints it. */
export interface DriverSummary {
  driver: string;
  runs: number;
  /** Echo requests sent. */
  packets: number;
  lost: number;
  rttMs: MetricSummary;
  rttOverheadMs: MetricSummary;
  responseTimeMs: MetricSummary;
  cpuPercent: { sender: number; responder: number };
  /** Folders of the runs. */
  results: string[];
}

export interface DemoSummary {
  fidelity: string;
  scenarios: DriverSummary[];
}
