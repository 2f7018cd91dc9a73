import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { mapLimited } from "../../lib/concurrent.ts";
import { LabError, messageOf } from "../../lib/errors.ts";
import { runInGuest, startInGuest } from "../../lib/guest-agent.ts";
import { connectSsh, type SshConnection } from "../../lib/ssh/connect.ts";
import { hostSchema, type Role, roles } from "../config/hosts.ts";
import type { LoadPlan } from "../plan/plan.ts";
import {
  countArrivals,
  cpuTimes,
  type LoadProcess,
  type LoadVm,
  loadProcesses,
  logCommand,
  startCommand,
  stopCommand,
} from "./commands.ts";

/** What one server's background VMs are to do. */
export interface ServerLoad {
  vms: (LoadVm & { token: string })[];
  load: LoadPlan;
  /** What each VM under CPU load must be seen to use, in per cent of one CPU. */
  leastCpuPercent: number;
  /** Written on the server once the load runs. */
  token: string;
}

const vm = z.object({ name: z.string(), vcpus: z.int(), peerIp: z.string(), token: z.string() });
const plan = z.discriminatedUnion("type", [
  z.object({ type: z.literal("none") }),
  z.object({ type: z.literal("cpu"), percent: z.int() }),
  z.object({
    type: z.literal("network"),
    sends: z.boolean(),
    receives: z.boolean(),
    mbps: z.number(),
    packetBytes: z.int(),
    burstPackets: z.int(),
  }),
]);
const server = z.object({
  host: hostSchema,
  vms: z.array(vm),
  load: plan,
  leastCpuPercent: z.number(),
  token: z.string(),
});
/** What LAB_LOAD holds: the servers that have background VMs. */
export const loadRequestSchema = z.object({ sender: server.optional(), responder: server.optional() });
export type LoadRequest = z.infer<typeof loadRequestSchema>;
type Server = z.infer<typeof server>;

/** What was seen of a VM's load: CPU in per cent of one CPU, datagrams a second that arrived. */
export interface SeenLoad {
  vm: string;
  cpuPercent?: number;
  receivedPps?: number;
}

/** One guest agent answers one question at a time; that many guests are asked side by side. */
const sideBySide = 6;
/** Seconds within which load must be seen, and over which it is looked at. */
const seenWithinSeconds = 90;
const lookSeconds = 2;

/** A server with the connection to it. */
interface Open extends Server {
  role: Role;
  ssh: SshConnection;
}

async function startAll({ ssh, vms, load }: Open, kind: LoadProcess["kind"]): Promise<void> {
  await mapLimited(vms, sideBySide, async (vm) => {
    for (const process of loadProcesses(load, vm).filter((candidate) => candidate.kind === kind))
      await startInGuest(ssh, vm.name, startCommand(process), false);
  });
}

/** Ends what a VM runs. One that is gone runs nothing; one that is there and cannot be asked would go on, so that fails. */
async function stopOne({ ssh, role }: Open, name: string): Promise<void> {
  try {
    await runInGuest(ssh, name, stopCommand);
  } catch (error) {
    const { stdout } = await ssh.exec(`virsh -q domstate ${name}`);
    if (stdout.toString().trim() === "running")
      throw new LabError(`${role}: the load of ${name} could not be ended: ${messageOf(error)}`);
  }
}

async function stopAll(open: Open): Promise<void> {
  await open.ssh.run("rm -f /run/sriov-rtt/load");
  await mapLimited(open.vms, sideBySide, ({ name }) => stopOne(open, name));
}

const parseTimes = (text: string) =>
  new Map(
    text
      .trim()
      .split("\n")
      .map((line) => {
        const [name = "", ticks] = line.split(" ");
        return [name, Number(ticks)] as const;
      }),
  );

/** CPU that each VM's QEMU uses on its server, in per cent of one CPU. */
async function cpuUse({ ssh, vms }: Open): Promise<SeenLoad[]> {
  const command = cpuTimes(vms.map(({ name }) => name));
  const text = await ssh.run(
    `getconf CLK_TCK; cut -d' ' -f1 /proc/uptime; ${command}; sleep ${lookSeconds}; cut -d' ' -f1 /proc/uptime; ${command}`,
  );
  const [tick, from, ...lines] = text.trim().split("\n");
  const before = parseTimes(lines.slice(0, vms.length).join("\n"));
  const after = parseTimes(lines.slice(vms.length + 1).join("\n"));
  const seconds = Number(lines[vms.length]) - Number(from);
  return vms.map(({ name }) => {
    const ticks = (after.get(name) ?? 0) - (before.get(name) ?? 0);
    return { vm: name, cpuPercent: Math.round((1000 * ticks) / Number(tick) / seconds) / 10 };
  });
}

/** A guest that does not answer has not been seen to receive anything yet. */
const arrivals = ({ ssh, vms }: Open): Promise<SeenLoad[]> =>
  mapLimited(vms, sideBySide, async ({ name }) => {
    const count = await runInGuest(ssh, name, countArrivals(lookSeconds)).catch(() => "0");
    return { vm: name, receivedPps: Number(count) / lookSeconds };
  });

async function lookAt(open: Open): Promise<{ seen: SeenLoad[]; short: SeenLoad[]; kind: LoadProcess["kind"] }> {
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
async function verify(open: Open): Promise<SeenLoad[]> {
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

async function withServers<T>(request: LoadRequest, body: (servers: Open[]) => Promise<T>): Promise<T> {
  const wanted = roles.flatMap((role) => (request[role] ? [{ role, ...request[role] }] : []));
  const open: Open[] = [];
  try {
    for (const each of wanted) open.push({ ...each, ssh: await connectSsh(each.role, each.host) });
    return await body(open);
  } finally {
    for (const { ssh } of open) ssh.close();
  }
}

/**
 * Starts the load on both servers, receivers before senders, and waits until it is seen to run: CPU that each VM's QEMU
 * uses on its server, datagrams that arrive in each receiver.
 * @returns what was seen, by server
 * @throws LabError which says where it does not run; then none is left running
 */
export function startLoad(request: LoadRequest): Promise<Partial<Record<Role, SeenLoad[]>>> {
  return withServers(request, async (servers) => {
    try {
      // A start that was interrupted may have left processes, and twice the load is another load.
      await Promise.all(servers.map(stopAll));
      for (const kind of ["receive", "send", "cpu"] as const)
        await Promise.all(servers.map((each) => startAll(each, kind)));
      const seen = await Promise.all(servers.map(async (each) => [each.role, await verify(each)] as const));
      await Promise.all(
        servers.map(({ ssh, token }) => ssh.run(`mkdir -p /run/sriov-rtt && echo ${token} > /run/sriov-rtt/load`)),
      );
      return Object.fromEntries(seen);
    } catch (error) {
      await Promise.allSettled(servers.map(stopAll));
      throw error;
    }
  });
}

/** Ends the load on both servers. */
export async function stopLoad(request: LoadRequest): Promise<void> {
  await withServers(request, async (servers) => {
    // Senders first: one that loses its receiver would say so, and find nobody to tell.
    for (const each of servers.toSorted((a, b) => Number(sends(b)) - Number(sends(a)))) await stopAll(each);
  });
}

const sends = ({ load }: Server) => load.type === "network" && load.sends;

if (import.meta.main) {
  try {
    const request = loadRequestSchema.parse(JSON.parse(process.env.LAB_LOAD ?? ""));
    if (process.argv[2] === "stop") await stopLoad(request);
    else console.log(JSON.stringify(await startLoad(request)));
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = 1;
  }
}
