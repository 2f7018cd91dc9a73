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

/** A guest that does not answer has not been seen to receive anything yet. */
const arrivals = ({ ssh, vms }: OpenServer): Promise<SeenLoad[]> =>
  mapLimited(vms, sideBySide, async ({ name }) => {
    const answer = await runInGuest(ssh, name, countArrivals(lookSeconds)).catch(() => "datagrams=0");
    const [count] = parseRecords(arrived, answer, name);
    return { vm: name, receivedPps: (count?.datagrams ?? 0) / lookSeconds };
  });

async function lookAt(open: OpenServer): Promise<{ seen: SeenLoad[]; short: SeenLoad[]; kind: LoadProcess["kind"] }> {
  const { load } = open;
  if (load.type === "cpu") {
    const seen = await cpuUse(open);
    return { seen, short: seen.filter(({ cpuPercent }) => (cpuPercent ?? 0) < open.leastCpuPercent), kind: "cpu" };
  }
  if (load.type === "network" && load.receives) {
    const seen = await arrivals(open);
    return { seen, short: seen.filter(({ receivedPps }) => !((receivedPps ?? 0) > 0)), kind: "receive" };
  }
  return { seen: [], short: [], kind: "send" };
}

/** Waits until the load of every VM is seen. @throws LabError that says which VM's is not, and what its process said */
export async function verify(open: OpenServer): Promise<SeenLoad[]> {
  for (const deadline = Date.now() + seenWithinSeconds * 1000; ; await sleep(1000)) {
    const { seen, short, kind } = await lookAt(open);
    const [first] = short;
    if (first === undefined) return seen;
    if (Date.now() > deadline) {
      const said = await runInGuest(open.ssh, first.vm, logCommand(kind)).catch(messageOf);
      const what =
        kind === "cpu"
          ? `uses ${first.cpuPercent} % of a CPU, and CPU load at least ${open.leastCpuPercent.toFixed(1)} %`
          : "receives no datagram of its counterpart's network load";
      throw new LabError(
        `${open.role}: load does not run in ${short.length} of ${seen.length} VMs after ${seenWithinSeconds} s: ${first.vm} ${what}; its process says: ${said.trim() || "nothing"}`,
      );
    }
  }
}
