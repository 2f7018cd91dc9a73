import { setTimeout as sleep } from "node:timers/promises";
import { LabError } from "../../lib/errors.ts";
import { runInGuest, startInGuest } from "../../lib/guest-agent.ts";
import type { CaptureRecord } from "../results/manifest.ts";
import { lookAtUdp, type UdpLook } from "./background.ts";
import { pingCommand } from "./ping-command.ts";
import { capturePoints, collectFacts, connectEnd, ServerSession } from "./server-session.ts";
import type { End, RunSpec } from "./spec.ts";

const roles = ["sender", "responder"] as const;
export type Role = (typeof roles)[number];
export type PerRole<T> = Record<Role, T>;

/** Does the same on both servers, side by side. */
async function onBoth<T>(action: (role: Role) => Promise<T>): Promise<PerRole<T>> {
  const [sender, responder] = await Promise.all([action("sender"), action("responder")]);
  return { sender, responder };
}

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
  /** Seconds from the start of mpstat on the Sender server: when ping had started at the latest, and ended. */
  ping: { startedWithin: number; endedWithin: number; exitCode: number; seconds: number };
  /** mpstat's samples of the window before ping, and of the one with ping inside it: [from, to). */
  windows: { before: [number, number]; during: [number, number] };
}

/** NIC state inside a guest that has a VF of its own; other guests have nothing that the host does not know. */
async function guestFacts(session: ServerSession, end: End): Promise<string | null> {
  if (end.capture !== null) return null;
  return runInGuest(
    session.ssh,
    end.vm.domain,
    "for d in /sys/class/net/*; do i=${d##*/}; [ $i = lo ] || { ethtool -i $i; ethtool -k $i; ethtool -c $i; cat /proc/net/dev; }; done 2>&1; true",
  );
}

const guestFiles = "/tmp/lab-run";

/**
 * Seconds that the guest waits before it pings: by then, what it cost the Sender server to give the command is over, and is
 * not counted as CPU usage of the ping.
 */
const settleSeconds = 2;

/** ping inside the Sender VM, its output kept in the guest until it has ended. */
const pingScript = (command: string) =>
  `sleep ${settleSeconds}; cut -d' ' -f1 /proc/uptime > ${guestFiles}.from; ${command} > ${guestFiles}.txt 2> ${guestFiles}.err; echo $? > ${guestFiles}.code; cut -d' ' -f1 /proc/uptime > ${guestFiles}.to`;

async function collectPing(session: ServerSession, domain: string) {
  const text = await runInGuest(session.ssh, domain, `cat ${guestFiles}.txt`);
  const rest = await runInGuest(
    session.ssh,
    domain,
    `cat ${guestFiles}.code ${guestFiles}.from ${guestFiles}.to ${guestFiles}.err; rm -f ${guestFiles}.*`,
  );
  const [code, from, to, ...errors] = rest.split("\n");
  return { text, exitCode: Number(code), seconds: Number(to) - Number(from), errors: errors.join("\n").trim() };
}

/**
 * Measures once: captures listening on both servers, mpstat over a window without ping and an equal one with it, ping in
 * the Sender VM, everything brought home. Nothing crosses a management path while ping runs, and nothing is left behind
 * on a server or in a guest, also when this process is killed.
 * @param say tells what is being done
 */
export async function rawRun(spec: RunSpec, pingId: number, say: (line: string) => void): Promise<RawRun> {
  const { ends, scenario } = spec;
  const window = scenario.factors.cpuWindowSeconds;
  const started = new Date();
  const connections = await onBoth((role) => connectEnd(role, ends[role]));
  try {
    const points = await onBoth((role) => capturePoints(connections[role], ends[role]));
    const before = await onBoth((role) => collectFacts(connections[role], ends[role], points[role], "before"));
    const udpBefore = await onBoth((role) => lookAtUdp(connections[role], ends[role]));
    const sessions = await onBoth((role) => ServerSession.open(connections[role], points[role]));
    try {
      const guestBefore = await onBoth((role) => guestFacts(sessions[role], ends[role]));
      say(
        `capturing at ${roles.flatMap((role) => points[role].map((point) => `${role} ${point.interface}`)).join(", ") || "no host interface (kernel bypassed)"}; ${window} s without ping`,
      );
      await onBoth((role) => sessions[role].startSampling());
      const sampling = performance.now();
      const elapsed = () => (performance.now() - sampling) / 1000;
      const sleepUntil = (seconds: number) => sleep(Math.max(0, seconds + 0.1 - elapsed()) * 1000);
      await sleepUntil(window);
      const command = pingCommand({
        packets: scenario.factors.packets,
        frameBytes: scenario.factors.frameBytes,
        ratePps: scenario.factors.pingRatePps,
        id: pingId,
        destination: ends.responder.vm.ip,
      });
      const from = Math.floor(elapsed() + settleSeconds);
      const ping = await startInGuest(connections.sender, ends.sender.vm.domain, pingScript(command), false);
      const startedWithin = elapsed() + settleSeconds;
      say(`ping: ${command}`);
      await sleepUntil(from + window);
      await ping.ended(120_000, 1000);
      await sleepUntil(Math.ceil(elapsed())); // what comes now is not counted as CPU usage of the ping either
      const answer = await collectPing(sessions.sender, ends.sender.vm.domain);
      const endedWithin = startedWithin + answer.seconds;
      const until = Math.max(from + window, Math.ceil(endedWithin));
      await sleepUntil(until + 0.5);

      const captures = await onBoth((role) => sessions[role].stop((hop) => `${role}-${hop}.pcap`));
      const files = new Map<string, Buffer>([["ping.txt", Buffer.from(answer.text)]]);
      if (answer.errors !== "") files.set("ping.err", Buffer.from(answer.errors));
      await onBoth(async (role) => {
        files.set(`mpstat-${role}.json`, await sessions[role].fetch("mpstat.json"));
        for (const { hop, file } of captures[role]) files.set(file, await sessions[role].fetch(`${hop}.pcap`));
      });
      const udpAfter = await onBoth((role) => lookAtUdp(connections[role], ends[role]));
      const after = await onBoth((role) => collectFacts(connections[role], ends[role], points[role], "after"));
      const guestAfter = await onBoth((role) => guestFacts(sessions[role], ends[role]));
      if (answer.exitCode > 1)
        throw new LabError(
          `${ends.sender.vm.domain}: ping ended with exit status ${answer.exitCode}: ${answer.errors}`,
        );
      return {
        started,
        ended: new Date(),
        files,
        captures,
        facts: {
          sender: { before: before.sender, after: after.sender },
          responder: { before: before.responder, after: after.responder },
        },
        udp: {
          sender: { before: udpBefore.sender, after: udpAfter.sender },
          responder: { before: udpBefore.responder, after: udpAfter.responder },
        },
        guestFacts: {
          sender: guestBefore.sender === null ? null : { before: guestBefore.sender, after: guestAfter.sender ?? "" },
          responder:
            guestBefore.responder === null
              ? null
              : { before: guestBefore.responder, after: guestAfter.responder ?? "" },
        },
        ping: { startedWithin, endedWithin, exitCode: answer.exitCode, seconds: answer.seconds },
        windows: { before: [0, window], during: [from, until] },
      };
    } finally {
      await onBoth((role) => sessions[role].close());
    }
  } finally {
    await onBoth(async (role) => connections[role].close());
  }
}
