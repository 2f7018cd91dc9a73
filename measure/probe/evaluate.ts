import { cpuUsage } from "../metrics/cpu-usage.ts";
import type { Manifest, MetricSummary } from "../results/manifest.ts";
import type { MissingCaptures } from "../results/unavailable.ts";
import type { RawProbe } from "./probe-run.ts";
import { clockProblems } from "./shared-clock.ts";

/** What the files of one probe say. */
export interface ProbeFindings {
  cpu: Manifest["cpu"];
  metrics: Record<string, MetricSummary>;
  details: Record<string, unknown>;
  /** Why the run does not count because of it. */
  problems: string[];
}

/** Reads what a probe brought home. @throws FormatError when a file is damaged */
export async function evaluateProbe(raw: RawProbe, missingCaptures: MissingCaptures): Promise<ProbeFindings> {
  const { task, files, captures, answer, windows, clock } = raw;
  const { probe, parameters } = task;
  const run = { parameters, files, captures, missingCaptures, seconds: answer.seconds };
  const derived = await probe.derive(run);
  return {
    cpu: cpuUsage(files, windows),
    metrics: probe.metricsOf(derived),
    details: probe.details(run, derived),
    problems: [...clockProblems(clock), ...probe.problems(run, derived)],
  };
}
