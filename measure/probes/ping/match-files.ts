import { type PointName, pointNames } from "../../../study/points.ts";
import { readCapture } from "../../capture/exchanges.ts";
import type { CaptureSummary } from "../../capture/summary.ts";
import { captureFile, captureNames, outputFile } from "../../results/run-files.ts";
import type { MissingCaptures } from "../../results/unavailable.ts";
import { matchRun, type RunMatch } from "./matching/match-run.ts";
import type { SharedStamps } from "./matching/packet-values.ts";
import type { PointExchanges } from "./matching/points.ts";
import type { PingParameters } from "./parameters.ts";
import { type PingOutput, parsePing } from "./parser/ping.ts";
import { captureDifference } from "./second-capture.ts";

/** What ping printed. */
export const pingFile = outputFile("ping");

/** A run's raw files, taken together. */
export interface MatchedFiles {
  ping: PingOutput;
  match: RunMatch;
  /** Of each capture that there is. */
  captures: Partial<Record<PointName, CaptureSummary>>;
  /** How the second capture at a point differs from the first, where there is one, and it does. */
  differences: Partial<Record<PointName, string>>;
}

/**
 * Reads ping's output and the captures of a run and joins them.
 * @param files name to content: ping.txt, and the captures that the run has
 * @param reasons why a capture point has no file
 * @param shared where the servers' stamps lie on the clock that they share, if they do
 * @throws FormatError when a file is damaged
 */
export async function matchFiles(
  files: ReadonlyMap<string, Buffer>,
  { pingId, ratePps }: Pick<PingParameters, "pingId" | "ratePps">,
  reasons: MissingCaptures,
  shared?: SharedStamps,
): Promise<MatchedFiles> {
  const ping = parsePing((files.get(pingFile) ?? Buffer.alloc(0)).toString(), pingFile);
  const captures: MatchedFiles["captures"] = {};
  const differences: MatchedFiles["differences"] = {};
  const points: Partial<Record<PointName, PointExchanges>> = {};
  for (const point of pointNames) {
    const data = files.get(captureFile(point));
    if (!data) {
      points[point] = { unavailable: reasons[point] ?? "there is no capture" };
      continue;
    }
    const { exchanges, summary } = await readCapture(data, { id: pingId });
    captures[point] = summary;
    points[point] = exchanges;
    const again = files.get(captureFile(captureNames(point)[1]));
    const difference = again && captureDifference(exchanges, (await readCapture(again, { id: pingId })).exchanges);
    if (difference) differences[point] = difference;
  }
  const run = {
    ...{ ping, id: pingId, points: points as Record<PointName, PointExchanges> },
    ...{ intervalNs: 1e9 / ratePps, ...(shared && { shared }) },
  };
  return { ping, captures, differences, match: matchRun(run) };
}
