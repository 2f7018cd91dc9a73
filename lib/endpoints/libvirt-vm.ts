import { LabError } from "../errors.ts";
import { runInGuest, startInGuest } from "../guest-agent.ts";
import { fetchFromGuest } from "../guest-file.ts";
import { endProcesses } from "../guest-processes.ts";
import { decimalNumber } from "../key-value.ts";
import type { SshConnection } from "../ssh/connect.ts";
import { shellQuote } from "../ssh/quote.ts";
import type { CountedKind, CpuLook, ServerInterfaces } from "./endpoint.ts";

/**
 * One look at the CPU time that each VM has used, as libvirt counts it (virsh(1), domstats), after the server's clock
 * (/proc/uptime).
 */
const cpuCommand = "cut -d' ' -f1 /proc/uptime; virsh -q domstats --cpu-total --list-running";

/** @throws LabError when it does not begin with a clock */
function parseCpu(text: string, where: string): CpuLook {
  const [first = "", ...lines] = text.split("\n");
  const seconds = decimalNumber.safeParse(first.trim());
  if (!seconds.success) throw new LabError(`${where}: the server's clock is not understood: ${JSON.stringify(first)}`);
  const cpuNs = new Map<string, number>();
  let name = "";
  for (const line of lines) {
    name = /^Domain: '(.+)'$/.exec(line.trim())?.[1] ?? name;
    const [, ns] = /^cpu\.time=(\d+)$/.exec(line.trim()) ?? [];
    if (ns) cpuNs.set(name, Number(ns));
  }
  return { seconds: seconds.data, cpuNs };
}

/** Where a server keeps what a VM writes on its serial console. */
export const serialLog = (domain: string) => `/var/log/libvirt/qemu/${domain}-serial.log`;

/** How libvirt has attached it, which deployment it is (its description, and the stamp of its start), and how many threads of vhost serve it. */
function factsOf(domain: string): string {
  const [name, pidFile] = [shellQuote(domain), shellQuote(`/run/libvirt/qemu/${domain}.pid`)];
  return `endpoint_interface() { virsh -q dumpxml ${name} | sed -n '/<interface/,/<.interface>/p'; }
endpoint_deployment() { virsh -q desc ${name}; echo; stat -c %Y ${pidFile}; }
# vhost works in threads of QEMU, on older kernels in kernel threads named after it.
endpoint_vhost() { qemu=$(cat ${pidFile}); cat "/proc/$qemu"/task/*/comm /proc/[0-9]*/comm 2> /dev/null | grep -c "^vhost-$qemu$"; }
endpoint_facts() {
  fact interface endpoint_interface
  fact deployment endpoint_deployment
  fact vhost endpoint_vhost
}`;
}

async function isThere(ssh: SshConnection, domain: string): Promise<boolean> {
  const { code, stdout, stderr } = await ssh.exec("virsh -q list --name");
  if (code !== 0) throw new LabError(`libvirt does not tell whether ${domain} is there: ${stderr.trim()}`);
  return stdout.toString().split("\n").includes(domain);
}

async function serverInterfaces(ssh: SshConnection, domain: string, mac: string): Promise<ServerInterfaces> {
  const list = await ssh.run(`virsh -q domiflist ${shellQuote(domain)}`);
  const row = list
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .find((columns) => columns[4]?.toLowerCase() === mac);
  const [own, , below] = row ?? [];
  if (!own || own === "-" || !below)
    throw new LabError(`${domain} has no interface with the address ${mac} on the host: ${list.trim()}`);
  return { own, below };
}

/** A libvirt VM (infra/vm declares it): commands reach it through its guest agent. */
export const libvirtVm: CountedKind = {
  open: (ssh, domain) => ({
    name: domain,
    files: "/tmp",
    words: { written: "/dev/console", read: serialLog(domain) },
    wherePrograms: "./lab images --guest builds a guest image that has it",
    facts: factsOf(domain),
    endProcesses,
    start: (command, capture) => startInGuest(ssh, domain, command, capture),
    run: (command, limitMs) => runInGuest(ssh, domain, command, limitMs),
    fetch: (paths, limits) => fetchFromGuest(ssh, domain, paths, limits),
    // To wait for its end would take another question.
    dropFiles: async (pattern) => void (await startInGuest(ssh, domain, `rm -f ${pattern}`, false)),
    isThere: () => isThere(ssh, domain),
    serverInterfaces: (mac) => serverInterfaces(ssh, domain, mac),
  }),
  cpu: { command: cpuCommand, parse: parseCpu },
};
