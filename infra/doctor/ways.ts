import { connect } from "node:net";
import { LabError, messageOf } from "../../lib/errors.ts";
import type { Role } from "../../lib/roles.ts";
import { connectSsh } from "../../lib/ssh/connect.ts";
import type { SshTarget } from "../../lib/ssh/target.ts";
import type { Inventory } from "../config/hosts.ts";
import { openLibvirt } from "../gateway/libvirt-channel.ts";
import { greetLibvirt } from "../gateway/libvirt-hello.ts";
import { socketsOf } from "../gateway/sockets.ts";

/** A way to a server as a part of `up` goes it, and why it cannot be gone; the reason is undefined when it can. */
export interface Way {
  what: string;
  failure: string | undefined;
}

/** That a server answers has been seen by then; one that is slow is not one that cannot be used. */
const patienceMs = 60_000;

export const commandWay = "commands of Pulumi";
export const libvirtWay = "libvirt for Pulumi";

/** Whoever changes NICs, bridges and domains must be root, under whatever name. */
function refuseOthers(role: Role, answer: string, user: string): void {
  const [id, name] = answer.trim().split("\n");
  if (id !== "0")
    throw new LabError(
      `hosts.${role}.user: ${JSON.stringify(user)} is not root on the server (it is ${name}, user id ${id}), and sudo is not used; allowed: root, or another name of user id 0`,
    );
}

/** As the command provider goes: our key by the agent that it is given, a command, its output. */
async function tryCommand(role: Role, target: SshTarget, timeoutMs: number): Promise<void> {
  const ssh = await connectSsh(role, target, timeoutMs, socketsOf(target));
  try {
    refuseOthers(role, await ssh.run("id -u && id -un", { timeoutMs }), target.user);
  } finally {
    ssh.close();
  }
}

/** Why libvirt cannot be reached, by going the gateway's way in this process, where the reason can be seen. */
async function libvirtFailure(role: Role, target: SshTarget, timeoutMs: number): Promise<string | undefined> {
  const ssh = await connectSsh(role, target, timeoutMs);
  try {
    const { stream, said } = await openLibvirt(ssh, role);
    return await greetLibvirt(stream, timeoutMs).then(
      () => undefined,
      (error) => [messageOf(error), said()].filter(Boolean).join(": "),
    );
  } finally {
    ssh.close();
  }
}

/** As the libvirt provider goes: through the gateway's socket to QEMU's driver on the server. */
async function tryLibvirt(role: Role, target: SshTarget, timeoutMs: number): Promise<void> {
  const { libvirt } = socketsOf(target);
  try {
    const socket = connect(libvirt);
    socket.on("error", () => {});
    await greetLibvirt(socket, timeoutMs);
  } catch (error) {
    const why = await libvirtFailure(role, target, timeoutMs);
    throw new LabError(why ?? `${messageOf(error)} (through ${libvirt})`);
  }
}

/**
 * Tries the ways to a server that Pulumi's providers go; the gateway must know the server. That our own client reaches
 * it has been seen by then. Nothing is changed on the server.
 */
export async function tryWays(role: Role, target: SshTarget, timeoutMs = patienceMs): Promise<Way[]> {
  const attempt = async (what: string, go: typeof tryCommand): Promise<Way> => ({
    what,
    failure: await go(role, target, timeoutMs).then(() => undefined, messageOf),
  });
  // One after the other: a busy server has enough to do with one handshake.
  return [await attempt(commandWay, tryCommand), await attempt(libvirtWay, tryLibvirt)];
}

/**
 * Refuses servers to which a way does not lead, before anything is changed on one.
 * @param untried those of which that is not known
 * @throws LabError with a line for each way that cannot be gone
 */
export async function requireWays({ hosts }: Inventory, untried: readonly Role[]): Promise<void> {
  const tried = await Promise.all(untried.map((role) => tryWays(role, hosts[role])));
  const failures = untried.flatMap((role, index) =>
    (tried[index] ?? []).flatMap(({ what, failure }) =>
      failure === undefined ? [] : [`${role}: ${what}: ${failure}`],
    ),
  );
  if (failures.length > 0)
    throw new LabError(`The servers cannot be used:\n${failures.map((line) => `  ${line}`).join("\n")}`);
}
