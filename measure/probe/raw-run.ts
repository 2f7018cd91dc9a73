import { withOpened } from "../../lib/concurrent.ts";
import { type Role, roles } from "../../lib/roles.ts";
import type { SshConnection } from "../../lib/ssh/connect.ts";
import type { GuestLook } from "../../study/loads/guest-look.ts";
import type { ServerConditions } from "../results/conditions.ts";
import { AnsweringInEndpoint } from "./answering-in-endpoint.ts";
import { type ChangesMeanwhile, changesMeanwhile, requireAsDeployed } from "./as-deployed.ts";
import { lookInGuests } from "./background.ts";
import { type CapturePoint, capturePoints, isSeen } from "./capture-points.ts";
import { CommandInEndpoint } from "./command-in-endpoint.ts";
import { mainEndpoint } from "./main-endpoint.ts";
import { type RawProbe, runProbe } from "./probe-run.ts";
import { onBoth, type PerRole, perRole } from "./roles.ts";
import { collectFacts, connectEnd } from "./server-session.ts";
import type { End, RunSpec } from "./spec.ts";
import type { ProbeTask } from "./task.ts";
import { requireTenant } from "./tenant.ts";

/** What a run brought home, before anything is derived from it. */
export interface RawRun {
  started: Date;
  ended: Date;
  /** In which state the servers were before it. */
  conditions: PerRole<ServerConditions>;
  /** What was not so any more after it. */
  changes: ChangesMeanwhile;
  /** Of each probe, in the order in which they measured. */
  probes: RawProbe[];
  facts: PerRole<{ before: Record<string, string>; after: Record<string, string> }>;
  /** What background VMs have counted, before and after. */
  guestLooks: PerRole<{ before: Map<string, GuestLook>; after: Map<string, GuestLook> }>;
  guestFacts: PerRole<{ before: string; after: string } | null>;
}

/** NIC state inside a guest that has a VF of its own; other guests have nothing that the host does not know. */
async function guestFacts(ssh: SshConnection, end: End): Promise<string | null> {
  if (isSeen(end.capture.nic)) return null;
  return mainEndpoint(ssh, end).run(
    "for d in /sys/class/net/*; do i=${d##*/}; [ $i = lo ] || { ethtool -i $i; ethtool -k $i; ethtool -c $i; cat /proc/net/dev; }; done 2>&1; true",
  );
}

/** What a run needs of a server: the connection, and where packets can be captured there. */
type Connections = PerRole<SshConnection>;
type Points = PerRole<CapturePoint[]>;

/** What is told of servers and guests before a run and after it. */
async function lookAround({ ends }: RunSpec, connections: Connections, points: Points, when: "before" | "after") {
  const facts = await onBoth((role) => collectFacts(connections[role], ends[role], points[role], when));
  const looks = await onBoth((role) => lookInGuests(connections[role], ends[role]));
  const guests = await onBoth((role) => guestFacts(connections[role], ends[role]));
  return { facts, looks, guests };
}

/** Ends what an attempt before has left of a probe, on both sides. */
async function clearEnds({ sender, responder }: RunSpec["ends"], task: ProbeTask, connections: Connections) {
  const { answering } = task.command;
  await new CommandInEndpoint(mainEndpoint(connections.sender, sender), task).clear();
  if (answering) await new AnsweringInEndpoint(mainEndpoint(connections.responder, responder), task, answering).clear();
}

/** One of the attempts at a run, from 1, and what it has to do. */
export interface Attempt {
  attempt: number;
  tasks: readonly ProbeTask[];
}

async function measureOn(
  spec: RunSpec,
  { attempt, tasks }: Attempt,
  connections: Connections,
  say: (line: string) => void,
): Promise<Omit<RawRun, "started" | "ended">> {
  const { ends, owner } = spec;
  await requireTenant(owner, connections, "before");
  const conditions = await requireAsDeployed(spec, connections);
  for (const task of tasks) await clearEnds(ends, task, connections);
  const points = await onBoth((role) => capturePoints(connections[role], ends[role]));
  const before = await lookAround(spec, connections, points, "before");
  const probes: RawProbe[] = [];
  for (const task of tasks) probes.push(await runProbe(task, { spec, attempt, connections, points, say }));
  const after = await lookAround(spec, connections, points, "after");
  await requireTenant(owner, connections, "after");
  const changes = await changesMeanwhile(spec, connections, conditions);
  const both = <T>(of: (role: Role) => T): PerRole<T> => perRole(roles.map(of));
  return {
    ...{ conditions, changes, probes },
    facts: both((role) => ({ before: before.facts[role], after: after.facts[role] })),
    guestLooks: both((role) => ({ before: before.looks[role], after: after.looks[role] })),
    guestFacts: both((role) => {
      const first = before.guests[role];
      return first === null ? null : { before: first, after: after.guests[role] ?? "" };
    }),
  };
}

/**
 * Measures once, with one probe after the other: captures listening on both servers, mpstat over a window without the probe and
 * one with it, the probe in the Sender VM, everything brought home. Nothing crosses a management path while a probe is to run, and
 * nothing is left behind on a server or in a guest, also when this process is killed: captures and sampling end with the
 * connection, a probe at its limit, and the next attempt ends what is left of it before it begins.
 * @param say tells what is being done
 * @throws LostServerError when another stack has a server, at the beginning or at the end; NotAsDeployedError at the beginning when
 * the servers are not as they were deployed
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
