import { z } from "zod";
import { mapLimited } from "../../lib/concurrent.ts";
import { LabError } from "../../lib/errors.ts";
import { runInGuest } from "../../lib/guest-agent.ts";
import { decimalNumber, parseRecords, wholeNumber } from "../../lib/key-value.ts";
import type { SshConnection } from "../../lib/ssh/connect.ts";
import type { BackgroundUse } from "../results/manifest.ts";
import type { BackgroundSpec, End } from "./spec.ts";

/** One look at the CPU of a server's VMs: the server's clock in seconds since its boot, and nanoseconds of CPU by VM. */
export interface CpuLook {
  seconds: number;
  cpuNs: ReadonlyMap<string, number>;
}

/** UDP datagrams that a guest has sent and received since its boot, and its clock in seconds since then. */
export interface UdpLook {
  seconds: number;
  sent: number;
  received: number;
}

/** Everything that is looked at before a run and after it. */
export interface BackgroundLook {
  cpu: CpuLook;
  /** By VM; of a scenario without network load none. */
  udp: ReadonlyMap<string, UdpLook>;
}

/** Reads what facts.sh says of VMs: /proc/uptime's first number, then `virsh domstats --cpu-total`. */
export function parseCpuLook(text: string): CpuLook {
  const [first = "", ...lines] = text.split("\n");
  const seconds = decimalNumber.safeParse(first.trim());
  if (!seconds.success) throw new LabError(`a server's clock is not understood: ${JSON.stringify(first)}`);
  const cpuNs = new Map<string, number>();
  let name = "";
  for (const line of lines) {
    name = /^Domain: '(.+)'$/.exec(line.trim())?.[1] ?? name;
    const [, ns] = /^cpu\.time=(\d+)$/.exec(line.trim()) ?? [];
    if (ns) cpuNs.set(name, Number(ns));
  }
  return { seconds: seconds.data, cpuNs };
}

/** Prints a guest's /proc/uptime, InDatagrams and OutDatagrams (/proc/net/snmp): "seconds=S received=N sent=N". */
const udpCommand = `read -r seconds rest < /proc/uptime; awk -v seconds=$seconds '/^Udp:/ && $2 ~ /^[0-9]/ { print "seconds=" seconds " received=" $2 " sent=" $5 }' /proc/net/snmp`;

const udpRecord = z.strictObject({ seconds: decimalNumber, received: wholeNumber, sent: wholeNumber });

/** @throws LabError when it is not what the command prints */
export function parseUdpLook(text: string, vm: string): UdpLook {
  const [look] = parseRecords(udpRecord, text, vm);
  if (look === undefined) throw new LabError(`${vm}: does not say how many datagrams it has sent and received`);
  return look;
}

/**
 * Asks the guests themselves how many datagrams they have sent and received: the host cannot count those of a VF in a
 * guest, and a tap or macvtap also sees what is not its guest's. A guest that does not answer is left out.
 */
export async function lookAtUdp(ssh: SshConnection, { background }: End): Promise<Map<string, UdpLook>> {
  const looks = new Map<string, UdpLook>();
  if (!background || background.leastSentPps + background.leastReceivedPps === 0) return looks;
  await mapLimited(background.vms, 6, async (vm) => {
    const text = await runInGuest(ssh, vm, udpCommand).catch(() => undefined);
    if (text !== undefined) looks.set(vm, parseUdpLook(text, vm));
  });
  return looks;
}

const rounded = (value: number) => Math.round(value * 10) / 10;

/** What each background VM did between two looks: CPU in per cent of one CPU, datagrams a second. */
export function backgroundUse({ vms }: BackgroundSpec, before: BackgroundLook, after: BackgroundLook): BackgroundUse[] {
  const seconds = after.cpu.seconds - before.cpu.seconds;
  return vms.map((vm) => {
    const [cpuFrom, cpuTo] = [before.cpu.cpuNs.get(vm), after.cpu.cpuNs.get(vm)];
    const [from, to] = [before.udp.get(vm), after.udp.get(vm)];
    const rate = (counter: "sent" | "received") =>
      from && to ? rounded((to[counter] - from[counter]) / (to.seconds - from.seconds)) : null;
    return {
      vm,
      cpuPercent: cpuFrom === undefined || cpuTo === undefined ? null : rounded((cpuTo - cpuFrom) / 1e7 / seconds),
      sentPps: rate("sent"),
      receivedPps: rate("received"),
    };
  });
}

/** Why a run does not count: a background VM that was not there, or whose load did not run. */
export function backgroundProblems(
  server: string,
  { leastCpuPercent, leastSentPps, leastReceivedPps }: BackgroundSpec,
  use: readonly BackgroundUse[],
): string[] {
  return use.flatMap(({ vm, cpuPercent, sentPps, receivedPps }) => {
    if (cpuPercent === null) return [`${server}: ${vm} was not there all the time`];
    if (cpuPercent < leastCpuPercent)
      return [`${server}: ${vm} used ${cpuPercent} % of a CPU, and CPU load at least ${rounded(leastCpuPercent)} %`];
    const short = (done: string, pps: number | null, least: number) =>
      least > 0 && !((pps ?? 0) >= least)
        ? [
            `${server}: ${vm} ${done} ${pps ?? "nobody knows how many"} datagrams/s, and network load at least ${rounded(least)}`,
          ]
        : [];
    return [...short("sent", sentPps, leastSentPps), ...short("received", receivedPps, leastReceivedPps)];
  });
}
