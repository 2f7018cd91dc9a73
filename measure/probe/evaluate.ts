import { evaluateProbe, type ProbeFindings } from "../probes/evaluate.ts";
import type { MissingCaptures } from "../results/unavailable.ts";
import type { RawProbe } from "./probe-run.ts";
import { clockProblems } from "./shared-clock.ts";

/** Why a run lacks what other runs have. */
export interface Lacking {
  captures: MissingCaptures;
  /** Null where mpstat ran. */
  cpuUsage: string | null;
}

/** Reads what a probe brought home, and what the servers' clock has counted meanwhile. @throws FormatError when a file is damaged */
export async function evaluateRaw(raw: RawProbe, lacking: Lacking): Promise<ProbeFindings> {
  const { task, files, captures, answer, windows, clock } = raw;
  const { probe, parameters } = task;
  const run = { parameters, files, captures, missingCaptures: lacking.captures, seconds: answer.seconds };
  const { record, problems } = await evaluateProbe(probe, run, { ...windows, unavailable: lacking.cpuUsage });
  if (clock) record.sharedClock = clock;
  return { record, problems: [...clockProblems(clock), ...problems] };
}
