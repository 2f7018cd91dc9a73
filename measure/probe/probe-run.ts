import { undoneAfter, withOpened } from "../../lib/concurrent.ts";
import { LabError } from "../../lib/errors.ts";
import { type Role, roles } from "../../lib/roles.ts";
import type { SshConnection } from "../../lib/ssh/connect.ts";
import { capturesPerPoint, whyUnsampled } from "../../study/terms.ts";
import type { CaptureRecord } from "../results/manifest.ts";
import { captureFile, cpuFile, errorsFile, outputFile } from "../results/run-files.ts";
import { AnsweringInEndpoint } from "./answering-in-endpoint.ts";
import { runBudget } from "./budget.ts";
import type { CapturePoint } from "./capture-points.ts";
import { CommandInEndpoint } from "./command-in-endpoint.ts";
import { sampleInStep } from "./in-step.ts";
import { mainEndpoint } from "./main-endpoint.ts";
import { onBoth, type PerRole, perRole } from "./roles.ts";
import { type Sampled, sampleByWallClock } from "./sampling.ts";
import { type CountedCapture, ServerSession, type SessionTask } from "./server-session.ts";
import type { RunSpec } from "./spec.ts";
import type { ProbeTask } from "./task.ts";

/** What one probe of a run brought home. */
export interface RawProbe extends Sampled {
  task: ProbeTask;
  /** File name to content. */
  files: Map<string, Buffer>;
  captures: PerRole<CaptureRecord[]>;
}

/** An attempt at a run that is under way, for each of its probes. */
interface AttemptUnderWay {
  spec: RunSpec;
  /** From 1. */
  attempt: number;
  connections: PerRole<SshConnection>;
  points: PerRole<CapturePoint[]>;
  say: (line: string) => void;
}

const recordOf = (role: Role, { name, ...capture }: CountedCapture): CaptureRecord => ({
  ...capture,
  file: captureFile(`${role}.${name}`),
});

/** Everything that the probe left on the servers. */
async function bringHome(
  { probe }: ProbeTask,
  { answer: { text, errors } }: Sampled,
  sessions: PerRole<ServerSession>,
): Promise<Pick<RawProbe, "captures" | "files">> {
  const counted = await onBoth((role) => sessions[role].stop());
  const captures = perRole(roles.map((role) => counted[role].map((capture) => recordOf(role, capture))));
  const files = new Map<string, Buffer>([[outputFile(probe.id), text]]);
  if (errors !== "") files.set(errorsFile(probe.id), Buffer.from(errors));
  await onBoth(async (role) => {
    const there = new Map(counted[role].map(({ name }) => [captureFile(`${role}.${name}`), `${name}.pcap`]));
    if (sessions[role].samplesCpu) there.set(cpuFile(role), "mpstat.json");
    const contents = await sessions[role].fetch([...there.values()]);
    for (const [index, file] of [...there.keys()].entries()) files.set(file, contents[index] as Buffer);
  });
  return { captures, files };
}

/** Captures that the probe asks for, mpstat over a window without it and one with it inside, and itself. */
function sampleBetweenCaptures(
  task: ProbeTask,
  { spec, attempt, connections, points, say }: AttemptUnderWay,
  runSeconds: number,
): Promise<Omit<RawProbe, "task">> {
  const { probe, budget } = task;
  const command = new CommandInEndpoint(mainEndpoint(connections.sender, spec.ends.sender), task);
  const { factors } = spec.scenario;
  const asked: SessionTask = {
    ...{ capture: task.capture, perPoint: capturesPerPoint(factors) },
    ...{ samplesCpu: whyUnsampled(factors) === null, limitSeconds: runSeconds },
  };
  const interfaces = roles.flatMap((role) => points[role].map((point) => `${role} ${point.interface}`)).join(", ");
  return withOpened(
    roles,
    (role) => ServerSession.open(connections[role], role, points[role], asked),
    (session) => session.close(),
    async (opened) => {
      const sessions = perRole(opened);
      const capturing = `capturing ${asked.perPoint === 2 ? "twice " : ""}at ${interfaces || "no host interface (kernel bypassed)"}`;
      say(`${task.capture ? capturing : "capturing nothing"}; ${budget.windowSeconds} s without ${probe.id}`);
      try {
        const sampled: Sampled = spec.clock
          ? await sampleInStep(spec, spec.clock, attempt, task, command, sessions)
          : await sampleByWallClock(task, command, sessions, say);
        return { ...sampled, ...(await bringHome(task, sampled, sessions)) };
      } catch (error) {
        throw await undoneAfter(error, () => command.end());
      }
    },
  );
}

/**
 * Measures with one probe: what answers it at the Responder listens before anything else begins and is ended after all of it,
 * so that neither is in a window of CPU usage.
 * @throws LabError when something fails, or the probe ends with a status that is no result; nothing of it goes on then
 */
export async function runProbe(task: ProbeTask, underWay: AttemptUnderWay): Promise<RawProbe> {
  const { spec, connections } = underWay;
  const { answering } = task.command;
  const { runSeconds } = runBudget(spec.scenario.factors, spec.fidelity);
  const { sender, responder } = spec.ends;
  const measured = await withOpened(
    answering ? [new AnsweringInEndpoint(mainEndpoint(connections.responder, responder), task, answering)] : [],
    (answers) => answers.start(runSeconds).then(() => answers),
    (answers) => answers.end(),
    () => sampleBetweenCaptures(task, underWay, runSeconds),
  );
  const { exitCode, errors, text } = measured.answer;
  if (!task.command.exitCodes.includes(exitCode)) {
    const why = errors || text.subarray(0, 2000).toString().trim();
    throw new LabError(`${sender.main.name}: ${task.probe.id} ended with exit status ${exitCode}: ${why}`);
  }
  return { task, ...measured };
}
