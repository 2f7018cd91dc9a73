import { roles } from "../../../lib/roles.ts";
import type { ProbeFiles, ProbeRun } from "../probe.ts";
import { type MatchedFiles, matchFiles } from "./match-files.ts";
import type { PingParameters } from "./parameters.ts";
import type { PingDetails } from "./record.ts";

export type PingRun = ProbeRun<PingParameters>;

/** Reads ping's output and captures, and joins them. */
export const derivePing = ({
  files,
  parameters,
  missingCaptures,
  sharedClock,
}: ProbeFiles<Pick<PingParameters, "pingId" | "ratePps">>): Promise<MatchedFiles> =>
  matchFiles(files, parameters, missingCaptures, sharedClock?.stamps);

/** Why a run does not count because of ping, or of what was captured of it. */
export function pingProblems(run: PingRun, { ping, match, captures, differences }: MatchedFiles): string[] {
  const problems: string[] = [];
  const { packets } = run.parameters;
  if (ping.statistics.transmitted !== packets)
    problems.push(`ping sent ${ping.statistics.transmitted} of ${packets} requests`);
  if (match.received === 0) problems.push("no request was answered");
  for (const role of roles)
    for (const { interface: name, droppedByKernel } of run.captures[role])
      if (droppedByKernel > 0) problems.push(`${role}: the capture at ${name} dropped ${droppedByKernel} packets`);
  for (const [point, summary] of Object.entries(captures)) {
    for (const { message } of summary.problems) problems.push(`${point}: ${message}`);
    if (summary.requests === 0) problems.push(`${point}: none of ping's requests is in the capture`);
  }
  for (const [point, difference] of Object.entries(differences)) problems.push(`${point}: ${difference}`);
  return problems;
}

export function pingDetails({ seconds }: PingRun, { match, captures }: MatchedFiles): PingDetails {
  const rate = match.clocks.senderVm?.ratePpm;
  return {
    achievedRatePps: match.sending && Number.isFinite(match.sending.ratePps) ? match.sending.ratePps : null,
    transmitted: match.transmitted,
    received: match.received,
    duplicates: match.duplicates,
    maxInFlight: match.sending?.mostInFlight ?? null,
    seconds,
    neighbourFrames: Object.values(captures).reduce((sum, { arp }) => sum + arp, 0),
    flagged: Object.fromEntries(Object.entries(match.flagged).filter(([, count]) => count > 0)),
    clockRateErrorPpm: rate ? { low: rate.low, high: rate.high } : null,
  };
}
