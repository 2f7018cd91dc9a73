import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { mapLimited } from "../../lib/concurrent.ts";
import { LabError, messageOf } from "../../lib/errors.ts";
import { runInGuest } from "../../lib/guest-agent.ts";
import { decimalNumber, parseRecords, wholeNumber } from "../../lib/key-value.ts";
import type { SshConnection } from "../../lib/ssh/connect.ts";
import type { Role } from "../config/hosts.ts";
import { countArrivals, cpuTimes, type LoadProcess, logCommand } from "./commands.ts";
import type { LoadedServer, SeenLoad } from "./request.ts";

/** A server with the connection to it. */
export interface OpenServer extends LoadedServer {
  role: Role;
  ssh: SshConnection;
}

/** One guest agent answers one question at a time; that many guests are asked side by side. */
export const sideBySide = 6;
/** Seconds within which load must be seen, and over which it is looked at. */
const seenWithinSeconds = 90;
const lookSeconds = 2;

const cpuLook = z.object({
  look: z.enum(["0", "1"]),
  at: decimalNumber,
  hz: wholeNumber,
  vm: z.string(),
  ticks: wholeNumber,
});

/**
 * CPU that each VM's QEMU used between the two looks of `cpuTimes`, in per cent of one CPU.
 * @throws LabError with the line that is none, or the VM that is missing
 */
export function cpuUseOf(text: string, vms: readonly string[], where: string): SeenLoad[] {
  const looks = parseRecords(cpuLook, text, where);
  const find = (vm: string, look: string) => looks.find((each) => each.vm === vm && each.look === look);
  return vms.map((vm) => {
    const [before, after] = [find(vm, "0"), find(vm, "1")];
    if (!before || !after || !(after.at > before.at))
      throw new LabError(`${where}: does not say how much CPU ${vm} used`);
    const seconds = after.at - before.at;
    return { vm, cpuPercent: Math.round((1000 * (after.ticks - before.ticks)) / before.hz / seconds) / 10 };
  });
}

async function cpuUse({ ssh, vms, role }: OpenServer): Promise<SeenLoad[]> {
  const names = vms.map(({ name }) => name);
  return cpuUseOf(await ssh.run(cpuTimes(names, lookSeconds)), names, role);
}

const arrived = z.object({ datagrams: wholeNumber });

/** What one look at a server found. */
interface Look {
  kind: LoadProcess["kind"];
  seen: SeenLoad[];
  /** VMs whose load is not seen, each with why, as a sentence goes on after its name. */
  unseen: { vm: string; why: string }[];
}

async function lookAtCpu(open: OpenServer): Promise<Look> {
  const seen = await cpuUse(open);
  const least = open.leastCpuPercent;
  const unseen = seen
    .filter(({ cpuPercent = 0 }) => cpuPercent < least)
    .map(({ vm, cpuPercent }) => ({
      vm,
      why: `uses ${cpuPercent} % of a CPU, and CPU load at least ${least.toFixed(1)} %`,
    }));
  return { kind: "cpu", seen, unseen };
}

/** What arrives in a guest, or why that is not known: one that does not answer has not been seen to receive anything yet. */
async function arrivalsIn(ssh: SshConnection, vm: string): Promise<{ vm: string; receivedPps: number; why?: string }> {
  try {
    const [count] = parseRecords(arrived, await runInGuest(ssh, vm, countArrivals(lookSeconds)), vm);
    if (count === undefined) throw new LabError("its guest agent says nothing");
    if (count.datagrams > 0) return { vm, receivedPps: count.datagrams / lookSeconds };
    return { vm, receivedPps: 0, why: "receives no datagram of its counterpart's network load" };
  } catch (error) {
    return { vm, receivedPps: 0, why: `cannot be asked what it receives: ${messageOf(error)}` };
  }
}

async function lookAtArrivals({ ssh, vms }: OpenServer): Promise<Look> {
  const answers = await mapLimited(vms, sideBySide, ({ name }) => arrivalsIn(ssh, name));
  return {
    kind: "receive",
    seen: answers.map(({ vm, receivedPps }) => ({ vm, receivedPps })),
    unseen: answers.flatMap(({ vm, why }) => (why === undefined ? [] : [{ vm, why }])),
  };
}

async function lookAt(open: OpenServer): Promise<Look> {
  if (open.load.type === "cpu") return lookAtCpu(open);
  if (open.load.type === "network" && open.load.receives) return lookAtArrivals(open);
  return { kind: "send", seen: [], unseen: [] };
}

/**
 * Waits until the load of every VM is seen.
 * @throws LabError that says of how many VMs it is not seen, and of the first one why, and what its process said
 */
export async function verify(open: OpenServer, withinSeconds = seenWithinSeconds): Promise<SeenLoad[]> {
  for (const deadline = Date.now() + withinSeconds * 1000; ; await sleep(1000)) {
    const { seen, unseen, kind } = await lookAt(open);
    const [first] = unseen;
    if (first === undefined) return seen;
    if (Date.now() > deadline) {
      const log = await runInGuest(open.ssh, first.vm, logCommand(kind)).then(
        (text) => `its process says: ${text.trim() || "nothing"}`,
        (error) => `what its process says cannot be read: ${messageOf(error)}`,
      );
      throw new LabError(
        `${open.role}: load is not seen in ${unseen.length} of ${open.vms.length} VMs after ${withinSeconds} s: ${first.vm} ${first.why}; ${log}`,
      );
    }
  }
}
