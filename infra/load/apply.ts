import { allEnded, mapLimited, tryEach, withOpened } from "../../lib/concurrent.ts";
import { sideBySide } from "../../lib/endpoints/endpoint.ts";
import { endpointOn } from "../../lib/endpoints/kinds.ts";
import { LabError, messageOf } from "../../lib/errors.ts";
import { type Role, roles } from "../../lib/roles.ts";
import { connectSsh } from "../../lib/ssh/connect.ts";
import { forgetLoadOf } from "../../lib/tenant.ts";
import { type LoadKinds, loadKinds } from "../../study/loads/loads.ts";
import { shellScript } from "../server-script.ts";
import { deployedProcesses, loadProcesses, startCommand, stopCommandOf } from "./commands.ts";
import { type LoadedServer, type LoadRequest, loadProgram, type SeenLoad } from "./request.ts";
import { type OpenServer, verify } from "./seen.ts";

/** Starts in each VM the processes to which others send, or all others. */
async function startAll(open: OpenServer, receivers: boolean, kinds: LoadKinds): Promise<void> {
  const { ssh, endpoint, vms } = open;
  await mapLimited(vms, sideBySide, async (vm) => {
    for (const process of deployedProcesses(open, vm, kinds))
      if ((process.receives ?? false) === receivers)
        await endpointOn(ssh, endpoint, vm.name).start(startCommand(process), false);
  });
}

/** For what takes up to 4 s in a guest that has a CPU to itself. */
const stopLimitMs = 60_000;

/** Ends what a VM runs. One that is gone runs nothing; one that is there, or may be, and cannot be asked would go on, so that fails. */
async function stopOne({ ssh, endpoint, role }: OpenServer, name: string, kinds: LoadKinds): Promise<void> {
  const vm = endpointOn(ssh, endpoint, name);
  try {
    await vm.run(stopCommandOf(kinds), stopLimitMs);
  } catch (error) {
    const problem = `${role}: the load of ${name} could not be ended: ${messageOf(error)}`;
    const isThere = await vm.isThere().catch((unknown) => {
      throw new LabError(`${problem}\nand ${messageOf(unknown)}`, { cause: unknown });
    });
    if (isThere) throw new LabError(problem, { cause: error });
  }
}

/**
 * Ends the load of every VM of a server, unless another stack has it by now, whose VMs have the same names.
 * @throws LabError with each VM whose load could not be ended, when all were tried
 */
async function stopAll(open: OpenServer, kinds: LoadKinds): Promise<void> {
  const { ssh, role, owner, vms } = open;
  const tenant = await forgetLoadOf(ssh, owner);
  if (tenant === undefined) await tryEach(vms, sideBySide, ({ name }) => stopOne(open, name, kinds));
  else console.error(`${role}: ${tenant} has this server by now, and not ${owner}: its load is left alone`);
}

const stopServers = (servers: readonly OpenServer[], kinds: LoadKinds) =>
  allEnded(servers.map((each) => stopAll(each, kinds)));

type Connect = typeof connectSsh;

const withOpenServers = <T>(request: LoadRequest, connect: Connect, body: (servers: OpenServer[]) => Promise<T>) =>
  withOpened(
    roles.flatMap((role) => (request[role] ? [{ role, ...request[role] }] : [])),
    async (each): Promise<OpenServer> => ({ ...each, ssh: await connect(each.role, each.host) }),
    async ({ ssh }) => ssh.close(),
    body,
  );

/** Asks, and once the load runs writes down, that the stack has the servers. @throws LabError naming who has one that it has lost */
const markLoad = (servers: readonly OpenServer[], action: "begin" | "end") =>
  allEnded(
    servers.map(({ ssh, owner, token }) =>
      ssh.run(shellScript("mark-load.sh", { ACTION: action, OWNER: owner, TOKEN: token }), { name: "mark-load.sh" }),
    ),
  );

async function startOn(servers: OpenServer[], kinds: LoadKinds): Promise<Partial<Record<Role, SeenLoad[]>>> {
  // A start that was interrupted may have left processes, and twice the load is another load.
  await stopServers(servers, kinds);
  await markLoad(servers, "begin");
  for (const receivers of [true, false]) await allEnded(servers.map((each) => startAll(each, receivers, kinds)));
  const seen = await allEnded(servers.map(async (each) => [each.role, await verify(each, kinds)] as const));
  await markLoad(servers, "end");
  return Object.fromEntries(seen);
}

/**
 * Starts the load on both servers, receivers before senders, and waits until it is seen to run by the signs of its kind.
 * @returns what was seen, by server
 * @throws LabError which says where it does not run; then the load of every VM of both servers has been ended, or the
 *   message says whose could not be
 */
export function startLoad(
  request: LoadRequest,
  connect: Connect = connectSsh,
  kinds: LoadKinds = loadKinds,
): Promise<Partial<Record<Role, SeenLoad[]>>> {
  return withOpenServers(request, connect, async (servers) => {
    try {
      return await startOn(servers, kinds);
    } catch (error) {
      const left = await stopServers(servers, kinds).then(() => undefined, messageOf);
      throw left === undefined
        ? error
        : new LabError(`${messageOf(error)}\nand some is left: ${left}`, { cause: error });
    }
  });
}

/** Ends the load on both servers, where no other stack has them by now. */
export async function stopLoad(
  request: LoadRequest,
  connect: Connect = connectSsh,
  kinds: LoadKinds = loadKinds,
): Promise<undefined> {
  const sends = ({ load, vms }: LoadedServer) =>
    vms.some((vm) => loadProcesses(load, vm, kinds).some(({ receives }) => !receives));
  await withOpenServers(request, connect, async (servers) => {
    // Senders first: one that loses its receiver would say so, and find nobody to tell.
    await tryEach(
      servers.toSorted((a, b) => Number(sends(b)) - Number(sends(a))),
      1,
      (each) => stopAll(each, kinds),
    );
  });
}

if (import.meta.main)
  await loadProgram.main((request) => (process.argv[2] === "stop" ? stopLoad(request) : startLoad(request)));
