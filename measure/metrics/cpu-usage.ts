import { FormatError } from "../../lib/format-error.ts";
import type { Role } from "../../lib/roles.ts";
import { averageLoad, parseMpstat } from "../parsers/mpstat.ts";
import type { CpuRecord, ProbeRecord } from "../results/manifest.ts";
import { cpuFile } from "../results/run-files.ts";

/** mpstat's samples, a second each, counted from its start on a server: [from, to). */
export interface CpuWindows {
  before: [number, number];
  during: [number, number];
}

/** Windows, and why nothing was sampled in them; null where something was. */
export interface CpuSampling extends CpuWindows {
  unavailable: string | null;
}

function usageOf(
  files: ReadonlyMap<string, Buffer>,
  { before, during, unavailable }: CpuSampling,
  role: Role,
): CpuRecord {
  const windows = { beforeSamples: before, duringSamples: during };
  if (unavailable !== null) return { unavailable, ...windows };
  const name = cpuFile(role);
  const { samples } = parseMpstat((files.get(name) ?? Buffer.alloc(0)).toString(), name);
  const usage = ([from, to]: [number, number]) => {
    if (to > samples.length)
      throw new FormatError({ source: name, offset: 0 }, `${samples.length} samples, ${to} are needed`);
    return averageLoad(samples, from, to).cpuUsage;
  };
  return { before: usage(before), during: usage(during), ...windows };
}

/** CPU usage that a run recorded of a server in one of its windows, in per cent; null where mpstat did not run. */
export const usageIn = (record: CpuRecord, window: "before" | "during"): number | null =>
  "unavailable" in record ? null : record[window];

/**
 * CPU usage of both servers in two windows.
 * @param files name to content: mpstat's of both servers, where it ran
 * @throws FormatError when a file is damaged or ends before a window does
 */
export const cpuUsage = (files: ReadonlyMap<string, Buffer>, sampling: CpuSampling): ProbeRecord["cpu"] => ({
  sender: usageOf(files, sampling, "sender"),
  responder: usageOf(files, sampling, "responder"),
});
