import { canonicalJson, sha256 } from "../../../lib/canonical.ts";
import { LabError } from "../../../lib/errors.ts";
import { roles } from "../../../lib/roles.ts";
import { type PointName, pointNames } from "../../../study/points.ts";
import { scenarioOfRecord } from "../../../study/scenario.ts";
import { alikeMains, timedFactors } from "../../../study/terms.ts";
import type { EchoExchange } from "../../capture/exchange.ts";
import { readCapture } from "../../capture/exchanges.ts";
import { parseMpstat } from "../../parsers/mpstat.ts";
import { evaluateProbe } from "../../probes/evaluate.ts";
import { pingFile } from "../../probes/ping/match-files.ts";
import { type PingOutput, parsePing } from "../../probes/ping/parser/ping.ts";
import { frameOf } from "../../probes/ping/ping-command.ts";
import { ping } from "../../probes/ping/probe.ts";
import type { PingRecord } from "../../probes/ping/record.ts";
import { type CaptureRecord, type Manifest, manifestSchema } from "../../results/manifest.ts";
import { captureFile, checksumsOf, cpuFile, factsFile, inFolder } from "../../results/run-files.ts";
import { type MissingCaptures, unavailableRecord } from "../../results/unavailable.ts";
import { type HandFacts, readHandFacts } from "./facts.ts";
import { findPingId } from "./ping-id.ts";

/** What the files of a run by hand cannot tell. */
export interface HandRun {
  driver: string;
  run: number;
  fidelity: Manifest["fidelity"];
  /** Where facts.txt does not name ping's interval. */
  ratePps?: number;
  files: ReadonlyMap<string, Buffer>;
  /** When ping.txt was last written: when the run ended, where ping printed no stamps (-D). */
  written: Date;
}

interface Captures {
  pingId: number;
  records: PingRecord["captures"];
  /** Why a point has none. */
  reasons: MissingCaptures;
}

/** Which captures saw ping, and which id it had. */
async function examineCaptures(run: HandRun, facts: HandFacts, output: PingOutput): Promise<Captures> {
  const seen = new Map<PointName, readonly EchoExchange[]>();
  for (const point of pointNames) {
    const data = run.files.get(captureFile(point));
    if (data) seen.set(point, (await readCapture(data)).exchanges);
  }
  const pingId = findPingId(output, seen, facts.pingId);
  const records: PingRecord["captures"] = { sender: [], responder: [] };
  const reasons: Captures["reasons"] = {};
  for (const role of roles)
    for (const hop of ["nic", "virt"] as const) {
      const point: PointName = `${role}.${hop}`;
      const file = captureFile(point);
      const exchanges = seen.get(point);
      const requests = (exchanges ?? []).filter(({ id }) => id === pingId).length;
      if (exchanges === undefined) reasons[point] = `there is no ${file}`;
      else if (requests === 0) reasons[point] = `${file} is there and holds none of ping's packets`;
      else records[role].push(recordOf(file, hop, facts, requests));
    }
  return { pingId, records, reasons };
}

function recordOf(file: string, hop: "nic" | "virt", facts: HandFacts, frames: number): CaptureRecord {
  const known = facts.captures.get(file.replace(/\.pcap$/, ""));
  // Without tcpdump's words nothing is known of drops; what the file holds is all that can be said.
  return { hop, file, ...(known ?? { interface: "", captured: frames, receivedByFilter: frames, droppedByKernel: 0 }) };
}

/** When ping printed its last reply, where it printed stamps: a file that was copied was written later. */
function endOf({ replies }: PingOutput): Date | undefined {
  const last = replies.at(-1)?.printedNs ?? null;
  return last === null ? undefined : new Date(Number(last / 1_000_000n));
}

/** The files of a run by their names in its folder: ping's in a folder of its own, what somebody wrote about the run beside it. */
export function filesOfHandRun(files: ReadonlyMap<string, Buffer>): Map<string, Buffer> {
  const facts = files.get(factsFile);
  const ofPing = inFolder(new Map([...files].filter(([name]) => name !== factsFile)), ping.id);
  return facts === undefined ? ofPing : new Map([...ofPing, [factsFile, facts]]);
}

/**
 * The manifest of a run that was made by hand: same summary, same checks as the runner's own. What nobody recorded is
 * left empty; mpstat's two windows are one, its whole length.
 * @param run.files ping.txt, mpstat-sender.json, mpstat-responder.json, captures as ROLE-HOP.pcap, and maybe facts.txt
 * @throws LabError for a missing file, an unknown rate, and captures that contradict ping.txt; FormatError for a damaged file
 */
export async function manifestOfHandRun(run: HandRun): Promise<Manifest> {
  const text = (name: string) => {
    const data = run.files.get(name);
    if (!data) throw new LabError(`there is no ${name}`);
    return data.toString();
  };
  const facts = readHandFacts(run.files.get(factsFile)?.toString() ?? "");
  const output = parsePing(text(pingFile), pingFile);
  const samples = roles.map((role) => parseMpstat(text(cpuFile(role)), cpuFile(role)).samples.length);
  const whole: [number, number] = [0, Math.min(...samples)];
  const ratePps = run.ratePps ?? facts.ratePps;
  if (ratePps === undefined) throw new LabError("the ping frequency is not known; give --rate", { exitCode: 2 });
  const { pingId, records, reasons } = await examineCaptures(run, facts, output);
  const matched = new Map([...run.files].filter(([name]) => !name.endsWith(".pcap") || isRecorded(records, name)));
  const packets = output.statistics.transmitted;
  const pingSeconds = (output.statistics.timeMs ?? 0) / 1000;
  const { problems, record } = await evaluateProbe(
    ping,
    {
      parameters: { pingId, packets, ratePps, payloadBytes: output.dataBytes },
      files: matched,
      captures: records,
      missingCaptures: reasons,
      seconds: pingSeconds,
    },
    { before: whole, during: whole, unavailable: null },
  );
  const scenario = scenarioOfRecord({
    ...alikeMains(run.driver),
    background: null,
    load: null,
    ...timedFactors({ packets, ratePps, windowSeconds: whole[1] }),
    ...frameOf(output.dataBytes),
    neighbour: "permanent",
    guest: { memoryMiB: 0, vcpus: 0 },
  });
  const environment = { madeBy: "hand", fidelity: run.fidelity };
  const ended = endOf(output) ?? run.written;
  return manifestSchema.parse({
    schemaVersion: 2,
    status: problems.length === 0 ? "valid" : "invalid",
    scenario,
    scenarioSha256: scenario.sha256,
    environmentSha256: sha256(canonicalJson(environment)),
    environment,
    fidelity: run.fidelity,
    replicate: 1,
    run: run.run,
    token: "imported",
    attempt: 1,
    seed: 0,
    started: new Date(ended.getTime() - pingSeconds * 1000).toISOString(),
    ended: ended.toISOString(),
    deployment: { sender: "", responder: "" },
    files: checksumsOf(filesOfHandRun(run.files)),
    ...unavailableRecord(reasons),
    clocks: { sender: "", responder: "" },
    pinning: { sender: null, responder: null },
    facts: { imported: run.files.get(factsFile)?.toString() ?? "" },
    problems,
    probes: [record],
  });
}

const isRecorded = ({ sender, responder }: PingRecord["captures"], name: string) =>
  [...sender, ...responder].some(({ file }) => file === name);
