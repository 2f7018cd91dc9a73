import { FormatError } from "../../lib/format-error.ts";
import type { Role } from "../../lib/roles.ts";
import { averageLoad, parseMpstat } from "../parsers/mpstat.ts";
import type { ProbeRecord } from "../results/manifest.ts";
import { cpuFile } from "../results/run-files.ts";

/** mpstat's samples, a second each, counted from its start on a server: [from, to). */
export interface CpuWindows {
  before: [number, number];
  during: [number, number];
}

function usageOf(files: ReadonlyMap<string, Buffer>, { before, during }: CpuWindows, role: Role) {
  const name = cpuFile(role);
  const { samples } = parseMpstat((files.get(name) ?? Buffer.alloc(0)).toString(), name);
  const usage = ([from, to]: [number, number]) => {
    if (to > samples.length)
      throw new FormatError({ source: name, offset: 0 }, `${samples.length} samples, ${to} are needed`);
    return averageLoad(samples, from, to).cpuUsage;
  };
  return { before: usage(before), during: usage(during), beforeSamples: before, duringSamples: during };
}

/**
 * CPU usage of both servers in two windows.
 * @param files name to content: mpstat's of both servers
 * @throws FormatError when a file is damaged or ends before a window does
 */
export const cpuUsage = (files: ReadonlyMap<string, Buffer>, windows: CpuWindows): ProbeRecord["cpu"] => ({
  sender: usageOf(files, windows, "sender"),
  responder: usageOf(files, windows, "responder"),
});
