import { allEnded, withOpened } from "../../lib/concurrent.ts";
import { LabError, messageOf } from "../../lib/errors.ts";
import { runInGuest } from "../../lib/guest-agent.ts";
import type { SshConnection } from "../../lib/ssh/connect.ts";
import type { ClockRecord } from "../results/fidelity.ts";
import type { CaptureRecord } from "../results/manifest.ts";
import { lookAtUdp, type UdpLook } from "./background.ts";
import { runBudget } from "./budget.ts";
import { pingCommand } from "./ping-command.ts";
import { type PingAnswer, PingInGuest } from "./ping-in-guest.ts";
import { lastSampleAt, type RunTimes, scheduleOf, secondsLate, type Windows, windowsOf } from "./schedule.ts";
import { type CapturePoint, capturePoints, collectFacts, connectEnd, ServerSession } from "./server-session.ts";
import { holdClock } from "./shared-clock.ts";
import type { End, RunSpec } from "./spec.ts";

const roles = ["sender", "responder"] as const;
export type Role = (typeof roles)[number];
export type PerRole<T> = Record<Role, T>;

const perRole = <T>([sender, responder]: readonly T[]): PerRole<T> => ({ sender, responder }) as PerRole<T>;

/** Does the same on both servers, side by side; a failure is told when both have ended. */
const onBoth = async <T>(action: (role: Role) => Promise<T>): Promise<PerRole<T>> =>
  perRole(await allEnded(roles.map(action)));

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
  ping: { exitCode: number; seconds: number };
  windows: Windows;
  /** What the clock that the servers share recorded, if they have one. */
  clock: ClockRecord | undefined;
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

interface Sampled {
  answer: PingAnswer;
  windows: Windows;
  clock: ClockRecord | undefined;
}

/**
 * A window without ping, then one with ping inside it. Both servers are on the clock that they share, if they have one, and from
 * the start of sampling to the end of ping nothing of ours speaks to a server or a VM.
 */
async function pingWhileSampling(
  spec: RunSpec,
  ping: PingInGuest,
  command: string,
  attempt: number,
  sessions: PerRole<ServerSession>,
): Promise<Sampled> {
  const { factors } = spec.scenario;
  const schedule = scheduleOf(factors.cpuWindowSeconds, attempt);
  const { slowness, timedSeconds } = runBudget(factors, spec.fidelity);
  const { vm } = spec.ends.sender;
  const beforeCommand = await sessions.sender.now();
  await ping.start(command, schedule.leadSeconds);
  const clock = await holdClock(spec.clock);
  try {
    const { sender: sampling } = await onBoth((role) => sessions[role].startSampling(slowness));
    const times: RunTimes = { beforeCommand, sampling };
    const late = secondsLate(schedule, times);
    if (late > 0)
      throw new LabError(
        `${vm.domain}: giving the VM its command and starting mpstat took ${late.toFixed(1)} s too long`,
      );
    const awaited = { log: vm.consoleLog, word: ping.endWord };
    const ended = sessions.sender.sampledUntil(lastSampleAt(schedule, times), awaited, timedSeconds * 1000);
    ended.catch(() => {}); // when the clock breaks, that is told
    const sampled = await Promise.race([ended, clock.broken]);
    const record = await clock.release();
    return { answer: await ping.collect(), windows: windowsOf(schedule, times, sampled), clock: record };
  } catch (error) {
    await clock.release().catch(() => {});
    throw error;
  }
}

/** Everything that the run left on the servers. */
async function bringHome(sessions: PerRole<ServerSession>, answer: PingAnswer) {
  const captures = await onBoth((role) => sessions[role].stop((hop) => `${role}-${hop}.pcap`));
  const files = new Map<string, Buffer>([["ping.txt", answer.text]]);
  if (answer.errors !== "") files.set("ping.err", Buffer.from(answer.errors));
  await onBoth(async (role) => {
    files.set(`mpstat-${role}.json`, await sessions[role].fetch("mpstat.json"));
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
  { pingId, attempt }: Attempt,
  connections: Connections,
  say: (line: string) => void,
): Promise<Omit<RawRun, "started" | "ended">> {
  const { ends, scenario } = spec;
  const { packets, frameBytes, pingRatePps: ratePps } = scenario.factors;
  const budget = runBudget(scenario.factors, spec.fidelity);
  const ping = new PingInGuest(connections.sender, ends.sender.vm.domain, pingId, budget);
  const command = pingCommand({ packets, frameBytes, ratePps, id: pingId, destination: ends.responder.vm.ip });
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
      say(`capturing at ${interfaces || "no host interface (kernel bypassed)"}; ${command}`);
      try {
        const sampled = await pingWhileSampling(spec, ping, command, attempt, sessions);
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
    clock: sampled.clock,
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
