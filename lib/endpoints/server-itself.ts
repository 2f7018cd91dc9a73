import { LabError } from "../errors.ts";
import { endProcesses } from "../guest-processes.ts";
import { wholeNumber } from "../key-value.ts";
import { fetchFromServer } from "../server-file.ts";
import { endpointFolder } from "../server-paths.ts";
import type { SshConnection } from "../ssh/connect.ts";
import { endCallScript } from "../ssh/end-call.ts";
import { callVariable, newCall, scriptName } from "../ssh/framing.ts";
import { shellQuote } from "../ssh/quote.ts";
import { endingMs, requireEnded, runningCommand } from "./ending.ts";
import type { CommandExit, EndpointKind, RunningCommand, ServerInterfaces } from "./endpoint.ts";

/** What runs a shell command in the endpoint's network namespace (ip-netns(8)). */
const entering = (name: string, shellCommand: string) =>
  `ip netns exec ${shellQuote(name)} /bin/sh -c ${shellQuote(shellCommand)}`;

/** A shell condition: that a process is one of ours, in this script's network namespace. A server has processes of others beside them. */
const isOurs = `[ "$(readlink "/proc/$pid/ns/net")" = "$(readlink /proc/self/ns/net)" ] && grep -qsF ${callVariable}= "/proc/$pid/environ"`;

async function run(ssh: SshConnection, name: string, shellCommand: string, limitMs = 30_000): Promise<string> {
  const words = scriptName(shellCommand);
  const { code, stdout, stderr } = await ssh.exec(entering(name, shellCommand), { timeoutMs: limitMs, name: words });
  if (code !== 0) throw new LabError(`${name}: exit status ${code} on the server: ${words}\n${stderr.trim()}`);
  return stdout.toString();
}

/**
 * Starts a command that goes on without the connection, as a session of its own: PID is its process, FILES.code has its exit status when
 * it has ended, and FILES.out and FILES.err what it printed where that is kept.
 */
function startScript(name: string, call: string, files: string, shellCommand: string, capture: boolean): string {
  const output = capture ? `> ${files}.out 2> ${files}.err` : "> /dev/null 2>&1";
  const body = `${entering(name, shellCommand)} ${output}; echo $? > ${files}.tmp; mv ${files}.tmp ${files}.code`;
  return `[ -d ${files.slice(0, files.lastIndexOf("/"))} ] || { echo "there is no endpoint ${name} on this server" >&2; exit 1; }
${callVariable}=${call} setsid /bin/sh -c ${shellQuote(body)} < /dev/null > /dev/null 2>&1 &
echo $!`;
}

/** Tells "running", or the exit status; of a command that was ended by force, that of KILL. It may end between two looks at that. */
const lookScript = (files: string, pid: number) =>
  `cat ${files}.code 2> /dev/null || { kill -0 ${pid} 2> /dev/null && echo running; } || cat ${files}.code 2> /dev/null || echo 137`;

async function endOnServer(ssh: SshConnection, name: string, call: string, files: string): Promise<void> {
  const exit = await ssh.exec(endCallScript(call, false), { timeoutMs: endingMs });
  requireEnded(exit, `${name}: processes on the server`);
  await ssh.exec(`rm -f ${files}.*`);
}

/** What a command that has ended leaves: what it printed, and none of its files. */
async function collect(ssh: SshConnection, files: string, code: number, capture: boolean): Promise<CommandExit> {
  const none = { stdout: Buffer.alloc(0), stderr: "" };
  const printed = capture ? await ssh.exec(`cat ${files}.out; cat ${files}.err >&2`) : none;
  await ssh.exec(`rm -f ${files}.*`);
  return { code, stdout: printed.stdout, stderr: printed.stderr };
}

async function start(
  ssh: SshConnection,
  name: string,
  shellCommand: string,
  capture: boolean,
): Promise<RunningCommand> {
  const call = newCall();
  const files = `${endpointFolder(name)}/${call}`;
  const pid = wholeNumber.parse((await ssh.run(startScript(name, call, files, shellCommand, capture))).trim());
  const look = async () => {
    const seen = (await ssh.run(lookScript(files, pid))).trim();
    return seen === "running" ? undefined : collect(ssh, files, wholeNumber.parse(seen), capture);
  };
  return runningCommand(name, `on the server: ${scriptName(shellCommand)}`, look, () =>
    endOnServer(ssh, name, call, files),
  );
}

async function isThere(ssh: SshConnection, name: string): Promise<boolean> {
  const { code, stdout, stderr } = await ssh.exec("ip netns list");
  if (code !== 0) throw new LabError(`the server does not tell whether ${name} is there: ${stderr.trim()}`);
  return stdout
    .toString()
    .split("\n")
    .some((line) => line.split(" ")[0] === name);
}

async function serverInterfaces(ssh: SshConnection, name: string, mac: string): Promise<ServerInterfaces> {
  const links = await run(ssh, name, "ip -o link show");
  const link = links.split("\n").find((line) => line.toLowerCase().includes(`link/ether ${mac} `));
  const [, found] = /^\d+: ([^:@]+)/.exec(link ?? "") ?? [];
  if (found === undefined)
    throw new LabError(`${name} has no interface with the address ${mac} in its network namespace: ${links.trim()}`);
  return { own: null, below: `${name}/${found}` };
}

/** How it is attached, and which deployment it is: what its namespace says of itself, which no other says (infra/scripts/namespaces.sh). */
const factsOf = (name: string) => `endpoint_interface() { ip -n ${name} -d addr show; ip -n ${name} neigh show; }
endpoint_deployment() { ip -n ${name} -o link show dev lo | sed 's/.* alias //'; }
endpoint_facts() {
  fact interface endpoint_interface
  fact deployment endpoint_deployment
}`;

/**
 * The server itself, with its address on a VF in a network namespace that is called as the endpoint (infra/scripts/place-netns.sh makes
 * it): no VM is between the kernel that runs its commands and the NIC.
 */
export const serverItself: EndpointKind = {
  open(ssh, name) {
    const folder = endpointFolder(name);
    return {
      name,
      files: folder,
      words: { written: `${folder}/words`, read: `${folder}/words` },
      wherePrograms: "install it on that server",
      facts: factsOf(name),
      endProcesses: (names) => endProcesses(names, isOurs),
      start: (command, capture) => start(ssh, name, command, capture),
      run: (command, limitMs) => run(ssh, name, command, limitMs),
      fetch: (paths, { maxBytes }) => fetchFromServer(ssh, paths, name, maxBytes),
      isThere: () => isThere(ssh, name),
      serverInterfaces: (mac) => serverInterfaces(ssh, name, mac),
    };
  },
};
