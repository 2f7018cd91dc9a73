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

/** What libvirt keeps of a VM that runs, beside its process: a file is read in a tenth of the time that a question to libvirt takes. */
const running = (domain: string) => ({
  pid: shellQuote(`/run/libvirt/qemu/${domain}.pid`),
  definition: shellQuote(`/run/libvirt/qemu/${domain}.xml`),
});

/** Prints its interfaces as libvirt runs it. */
const interfacesScript = (domain: string) => `sed -n '/<interface /,/<.interface>/p' ${running(domain).definition}`;

/** How libvirt has attached it, which deployment it is (its description, and the stamp of its start), and how many threads of vhost serve it. */
function factsOf(domain: string): string {
  const { pid, definition } = running(domain);
  return `endpoint_interface() { ${interfacesScript(domain)}; }
endpoint_deployment() { sed -n 's/^ *<description>\\(.*\\)<.description>$/\\1/p' ${definition}; stat -c %Y ${pid}; }
# vhost works in threads of QEMU, on older kernels in kernel threads named after it.
endpoint_vhost() { qemu=$(cat ${pid}); cat "/proc/$qemu"/task/*/comm /proc/[0-9]*/comm 2> /dev/null | grep -c "^vhost-$qemu$"; }
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

/** What an attribute of the first such element says (https://libvirt.org/formatdomain.html). */
const attributeIn = (xml: string, element: string, attribute: string) =>
  new RegExp(`<${element}\\b[^>]*\\b${attribute}=['"]([^'"]*)['"]`).exec(xml)?.[1];

async function serverInterfaces(ssh: SshConnection, domain: string, mac: string): Promise<ServerInterfaces> {
  const listed = await ssh.run(interfacesScript(domain));
  const found = listed.split("</interface>").find((xml) => attributeIn(xml, "mac", "address")?.toLowerCase() === mac);
  const device = found && attributeIn(found, "target", "dev");
  const below = found && (attributeIn(found, "source", "bridge") ?? attributeIn(found, "source", "dev"));
  if (!device || !below)
    throw new LabError(`${domain} has no interface with the address ${mac} on the host: ${listed.trim()}`);
  return { own: device, below };
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
    isThere: () => isThere(ssh, domain),
    serverInterfaces: (mac) => serverInterfaces(ssh, domain, mac),
  }),
  cpu: { command: cpuCommand, parse: parseCpu },
};
