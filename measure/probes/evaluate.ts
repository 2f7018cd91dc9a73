import { type CpuSampling, cpuUsage } from "../metrics/cpu-usage.ts";
import { metricOf } from "../metrics/metric-summary.ts";
import type { ProbeRecord } from "../results/manifest.ts";
import type { Probe, ProbeRun } from "./probe.ts";

/** What the files of one probe say, as the manifest has it, and why the run does not count because of it. */
export interface ProbeFindings {
  record: ProbeRecord;
  problems: string[];
}

const publishedSummaries = <Derived>(metrics: Probe<never, Derived>["metrics"], derived: Derived) =>
  Object.fromEntries(
    Object.values(metrics).flatMap((metric) =>
      metric.published === undefined ? [] : [[metric.published, metricOf(metric.values(derived), metric.unit)]],
    ),
  );

/**
 * Reads what a probe brought home, of a run that was measured or one that was made by hand.
 * @param sampling the windows of CPU usage
 * @throws FormatError when a file is damaged
 */
export async function evaluateProbe<Parameters extends Record<string, unknown>, Derived>(
  probe: Probe<Parameters, Derived>,
  run: ProbeRun<Parameters>,
  sampling: CpuSampling,
): Promise<ProbeFindings> {
  const { parameters, files, captures } = run;
  const derived = await probe.derive(run);
  return {
    record: {
      id: probe.id,
      parameters,
      folder: probe.id,
      captures,
      cpu: cpuUsage(files, sampling),
      metrics: publishedSummaries(probe.metrics, derived),
      details: probe.details(run, derived),
    },
    problems: probe.problems(run, derived),
  };
}
