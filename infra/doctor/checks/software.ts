import { packagesFor } from "../../server-tools.ts";
import { attachments, drivers, isOnBridge, type MainDriver } from "../../vm/drivers.ts";
import { type Finding, lack, missing, ok, type ServerCheck, type Subject } from "../check.ts";
import { getModules, install } from "../packages.ts";
import { olderThanSupported } from "../versions.ts";

/** libvirt's client has a check of its own. */
const libvirtClient = "libvirt-clients";

function packageCheck({ facts }: Subject, name: string, names: readonly string[]): Finding {
  const lost = names.filter((tool) => !facts.tools.has(tool));
  if (lost.length > 0) return missing(name, `${lost.join(", ")} not installed`, install(facts, name));
  const version = facts.versions.get(name) ?? "version unknown";
  return (
    olderThanSupported(facts, name, version, name) ??
    ok(name, names.join() === name ? version : `${version} (${names.join(", ")})`)
  );
}

/** A line for each package; what probes run is asked for where a stack's Main endpoint runs the server's programs. */
export const packages: ServerCheck = (subject) =>
  Object.entries(packagesFor(subject.wanted?.plan))
    .filter(([name]) => name !== libvirtClient)
    .map(([name, programs]) => packageCheck(subject, name, programs));

const isVirtio = (driver: MainDriver) => attachments[driver].port.guestModule === "virtio_net";
const isMacvtap = (driver: MainDriver) => driver.startsWith("macvtap-");

/** Kernel modules, and which drivers need them; the bridge stands under every driver. */
const modules: Record<string, (driver: MainDriver) => boolean> = {
  bridge: () => true,
  tun: isOnBridge,
  vhost_net: isVirtio,
  macvtap: isMacvtap,
  vfio_pci: (driver) => driver === "pci-passthrough",
};

function moduleCheck({ facts, wanted }: Subject, name: string, needs: (driver: MainDriver) => boolean): Finding {
  const what = `module ${name}`;
  const state = facts.modules.get(name);
  if (state === "loaded" || state === "loadable") return ok(what, state);
  const needed = drivers.filter(needs);
  const by = needed.length === drivers.length ? "every driver needs it" : `needed by ${needed.join(", ")}`;
  const report = needed.length === drivers.length ? missing : lack(wanted, needs);
  return facts.kernelModulesThere
    ? report(what, `not there; ${by}`, getModules(facts))
    : report(what, `not there, as are none of the running kernel ${facts.kernel}; ${by}`, "reboot");
}

/** A line for each kernel module. */
export const kernelModules: ServerCheck = (subject) =>
  Object.entries(modules).map(([name, needs]) => moduleCheck(subject, name, needs));
