import { cpuUsage } from "../metrics/cpu-usage.ts";
import type { ProbeRecord } from "../results/manifest.ts";
import type { MissingCaptures } from "../results/unavailable.ts";
import type { RawProbe } from "./probe-run.ts";
import { clockProblems } from "./shared-clock.ts";

/** What the files of one probe say, as the manifest has it, and why the run does not count because of it. */
export interface ProbeFindings {
  record: ProbeRecord;
  problems: string[];
}

/** Reads what a probe brought home. @throws FormatError when a file is damaged */
export async function evaluateProbe(raw: RawProbe, missingCaptures: MissingCaptures): Promise<ProbeFindings> {
  const { task, files, captures, answer, windows, clock } = raw;
  const { probe, parameters } = task;
  const run = { parameters, files, captures, missingCaptures, seconds: answer.seconds };
  const derived = await probe.derive(run);
  const record: ProbeRecord = {
    id: probe.id,
    parameters,
    folder: probe.id,
    captures,
    cpu: cpuUsage(files, windows),
    metrics: probe.metricsOf(derived),
    details: probe.details(run, derived),
  };
  if (clock) record.sharedClock = clock;
  return { record, problems: [...clockProblems(clock), ...probe.problems(run, derived)] };
}
