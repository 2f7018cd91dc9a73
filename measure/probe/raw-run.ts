import { setTimeout as sleep } from "node:timers/promises";
import { withOpened } from "../../lib/concurrent.ts";
import { LabError, messageOf } from "../../lib/errors.ts";
import { runInGuest } from "../../lib/guest-agent.ts";
import { type Role, roles } from "../../lib/roles.ts";
import type { SshConnection } from "../../lib/ssh/connect.ts";
import { timingOf } from "../../study/terms.ts";
import { pingCommand } from "../probes/ping/ping-command.ts";
import { type PingAnswer, PingInGuest } from "../probes/ping/ping-in-guest.ts";
import type { ClockRecord } from "../results/fidelity.ts";
import type { CaptureRecord } from "../results/manifest.ts";
import { captureFile, cpuFile, pingErrorsFile, pingFile } from "../results/run-files.ts";
import { lookAtUdp, type UdpLook } from "./background.ts";
import { runBudget, settleSeconds } from "./budget.ts";
import { pingInStep } from "./ping-in-step.ts";
import { onBoth, type PerRole, perRole } from "./roles.ts";
import type { Windows } from "./schedule.ts";
import { type CapturePoint, capturePoints, collectFacts, connectEnd, ServerSession } from "./server-session.ts";
import type { End, RunSpec } from "./spec.ts";

/** What a run brought home, before anything is derived from it. */
export interface RawRun {
  started: Date;
  ended: Date;
  /** File name to content. */
  files: Map<string, Buffer>;
  captures: PerRole<CaptureRecord[]>;
  facts: PerRole<{ before: Record<string, string>; after: Record<string, string> }>;
  /** Datagrams of background VMs, before and after. */
  udp: PerRole<{ before: Map<string, UdpLook>; after: Map<string, UdpLook> }>;
  guestFacts: PerRole<{ before: string; after: string } | null>;
  /** How ping ended, and the seconds it took. */
  ping: { exitCode: number; seconds: number };
  /** The window before ping, and the one with ping inside it. */
  windows: Windows;
  /** What the clock that the servers share has counted, where they share one. */
  clock?: ClockRecord;
}

/** NIC state inside a guest that has a VF of its own; other guests have nothing that the host does not know. */
async function guestFacts(ssh: SshConnection, end: End): Promise<string | null> {
  if (end.capture !== null) return null;
  return runInGuest(
    ssh,
    end.vm.domain,
    "for d in /sys/class/net/*; do i=${d##*/}; [ $i = lo ] || { ethtool -i $i; ethtool -k $i; ethtool -c $i; cat /proc/net/dev; }; done 2>&1; true",
  );
}

/** What a run needs of a server: the connection, and where packets can be captured there. */
type Connections = PerRole<SshConnection>;
type Points = PerRole<CapturePoint[]>;

/** A clock that starts with CPU sampling. */
function clockFromNow() {
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  return { elapsed, sleepUntil: (seconds: number) => sleep(Math.max(0, seconds + 0.1 - elapsed()) * 1000) };
}

interface Sampled {
  answer: PingAnswer;
  windows: Windows;
  clock?: ClockRecord;
}

/** A window without ping, then one with ping inside it, in the seconds of mpstat's clock. */
async function pingWhileSampling(
  spec: RunSpec,
  ping: PingInGuest,
  command: string,
  sessions: PerRole<ServerSession>,
  say: (line: string) => void,
): Promise<Sampled> {
  const { windowSeconds: window } = timingOf(spec.scenario.factors);
  const { pingSeconds } = runBudget(spec.scenario.factors, spec.fidelity);
  await onBoth((role) => sessions[role].startSampling());
  const { elapsed, sleepUntil } = clockFromNow();
  await sleepUntil(window);
  const from = Math.floor(elapsed() + settleSeconds);
  await ping.start(command);
  const startedWithin = elapsed() + settleSeconds;
  say(`ping: ${command}`);
  await sleepUntil(Math.max(from + window, startedWithin + pingSeconds));
  await ping.ended();
  await sleepUntil(Math.ceil(elapsed())); // what comes now is not counted as CPU usage of the ping either
  const answer = await ping.collect();
  const endedWithin = startedWithin + answer.seconds;
  const until = Math.max(from + window, Math.ceil(endedWithin));
  await sleepUntil(until + 0.5);
  return { answer, windows: { before: [0, window], during: [from, until] } };
}

/** Everything that the run left on the servers. */
async function bringHome(sessions: PerRole<ServerSession>, answer: PingAnswer) {
  const captures = await onBoth((role) => sessions[role].stop((hop) => captureFile(`${role}.${hop}`)));
  const files = new Map<string, Buffer>([[pingFile, answer.text]]);
  if (answer.errors !== "") files.set(pingErrorsFile, Buffer.from(answer.errors));
  await onBoth(async (role) => {
    files.set(cpuFile(role), await sessions[role].fetch("mpstat.json"));
    for (const { hop, file } of captures[role]) files.set(file, await sessions[role].fetch(`${hop}.pcap`));
  });
  return { captures, files };
}

/** What is told of servers and guests before a run and after it. */
async function lookAround({ ends }: RunSpec, connections: Connections, points: Points, when: "before" | "after") {
  const facts = await onBoth((role) => collectFacts(connections[role], ends[role], points[role], when));
  const udp = await onBoth((role) => lookAtUdp(connections[role], ends[role]));
  const guests = await onBoth((role) => guestFacts(connections[role], ends[role]));
  return { facts, udp, guests };
}

/** One of the attempts at a run, from 1, and the ICMP identifier of its ping. */
export interface Attempt {
  attempt: number;
  pingId: number;
}

async function measureOn(
  spec: RunSpec,
  { attempt, pingId }: Attempt,
  connections: Connections,
  say: (line: string) => void,
): Promise<Omit<RawRun, "started" | "ended">> {
  const { ends, scenario, clock } = spec;
  const command = pingCommand(scenario.factors, { id: pingId, destination: ends.responder.vm.ip });
  const ping = new PingInGuest(
    connections.sender,
    ends.sender.vm.domain,
    pingId,
    runBudget(scenario.factors, spec.fidelity),
  );
  await ping.clear();
  const points = await onBoth((role) => capturePoints(connections[role], ends[role]));
  const before = await lookAround(spec, connections, points, "before");
  const { sampled, home } = await withOpened(
    roles,
    (role) => ServerSession.open(connections[role], role, points[role]),
    (session) => session.close(),
    async (opened) => {
      const sessions = perRole(opened);
      const interfaces = roles.flatMap((role) => points[role].map((point) => `${role} ${point.interface}`)).join(", ");
      say(
        `capturing at ${interfaces || "no host interface (kernel bypassed)"}; ${timingOf(scenario.factors).windowSeconds} s without ping`,
      );
      try {
        const sampled: Sampled = clock
          ? await pingInStep(spec, clock, attempt, ping, command, sessions)
          : await pingWhileSampling(spec, ping, command, sessions, say);
        return { sampled, home: await bringHome(sessions, sampled.answer) };
      } catch (error) {
        throw await ping.end().then(
          () => error,
          (left) => new LabError(`${messageOf(error)}\n${messageOf(left)}`, { cause: error }),
        );
      }
    },
  );
  const after = await lookAround(spec, connections, points, "after");
  const { answer } = sampled;
  if (answer.exitCode > 1)
    throw new LabError(`${ends.sender.vm.domain}: ping ended with exit status ${answer.exitCode}: ${answer.errors}`);
  const both = <T>(of: (role: Role) => T): PerRole<T> => perRole(roles.map(of));
  return {
    ...home,
    facts: both((role) => ({ before: before.facts[role], after: after.facts[role] })),
    udp: both((role) => ({ before: before.udp[role], after: after.udp[role] })),
    guestFacts: both((role) => {
      const first = before.guests[role];
      return first === null ? null : { before: first, after: after.guests[role] ?? "" };
    }),
    ping: { exitCode: answer.exitCode, seconds: answer.seconds },
    windows: sampled.windows,
    ...(sampled.clock && { clock: sampled.clock }),
  };
}

/**
 * Measures once: captures listening on both servers, mpstat over a window without ping and an equal one with it, ping in
 * the Sender VM, everything brought home. Nothing crosses a management path while ping is to run, and nothing is left behind
 * on a server or in a guest, also when this process is killed: captures and sampling end with the connection, ping at its
 * limit, and the next attempt ends what is left of it before it begins.
 * @param say tells what is being done
 */
export async function rawRun(spec: RunSpec, attempt: Attempt, say: (line: string) => void): Promise<RawRun> {
  const started = new Date();
  const measured = await withOpened(
    roles,
    (role) => connectEnd(role, spec.ends[role], spec.clock === undefined),
    async (connection) => connection.close(),
    (connections) => measureOn(spec, attempt, perRole(connections), say),
  );
  return { started, ended: new Date(), ...measured };
}
