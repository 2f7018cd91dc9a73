import { parseBridgedFrames } from "../../lib/bridged-frames.ts";
import { parseOsRelease } from "../../lib/distributions.ts";
import { LabError } from "../../lib/errors.ts";
import { blocksOf } from "../../lib/facts.ts";
import { parseNicLimits } from "../plan/nic-limits.ts";
import type { ExaminedPf, Facts, ModuleState } from "./facts.ts";

const linesOf = (text: string) => text.split("\n").filter((line) => line !== "");
const wordsOf = (text: string) => text.split(/\s+/).filter((word) => word !== "");

/** Lines "key value" by key. */
const pairsOf = (text: string) =>
  linesOf(text).map((line) => {
    const [key = "", ...rest] = line.split(" ");
    return [key, rest.join(" ").trim()] as const;
  });

const numberOr = <T>(text: string | undefined, otherwise: T): number | T =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : otherwise;

function pfFacts(text: string): ExaminedPf {
  const values = new Map(pairsOf(text));
  const value = (key: string) => values.get(key) || undefined;
  const carrier = value("carrier");
  return {
    pci: value("pci"),
    driver: value("driver"),
    driverVersion: value("driver-version"),
    firmware: value("firmware"),
    up: value("up") === "1",
    carrier: carrier === undefined ? undefined : carrier === "1",
    speedMbps: numberOr(value("speed"), undefined),
    totalVfs: numberOr(value("total-vfs"), undefined),
    vfs: numberOr(value("vfs"), undefined),
    vfDevice: /^[0-9a-f]{4}:[0-9a-f]{4}$/.exec(value("vf-device") ?? "")?.[0],
    vfModules: wordsOf(value("vf-modules") ?? ""),
  };
}

/** What is a version in the line that a tool prints about itself. */
const versionPatterns: Record<string, RegExp> = {
  iproute2: /iproute2-((?:ss)?[\d.]*\d)/,
  tcpdump: /version ([\d.]*\d)/,
  sysstat: /version ([\d.]*\d)/,
  ethtool: /version ([\d.]*\d)/,
  "iputils-ping": /iputils (?:s)?(\d+)/,
  udev: /^(\d+)/,
};

const versionsOf = (text: string) =>
  new Map(pairsOf(text).map(([name, said]) => [name, versionPatterns[name]?.exec(said)?.[1] ?? said]));

function libvirtOf(said: string): Facts["libvirt"] {
  const api = /^Using API: \S+ (\S+)$/m.exec(said)?.[1]; // told only when the daemon has answered
  return {
    daemon: /^Running against daemon: (\S+)$/m.exec(said)?.[1] ?? api,
    qemu: /^Running hypervisor: QEMU (\S+)$/m.exec(said)?.[1],
    said: linesOf(said)
      .filter((line) => line.startsWith("error:"))
      .map((line) => line.slice("error:".length).trim())
      .join("; "),
  };
}

const moduleStates = (text: string) =>
  new Map(pairsOf(text).map(([name, state]) => [name, state as ModuleState] as const));

/** The lines of a block as a set; undefined for an empty one, which says nothing. */
const someOf = (text: string): ReadonlySet<string> | undefined => (text === "" ? undefined : new Set(linesOf(text)));

const selinuxModes: Record<string, Facts["selinux"]> = { Enforcing: "enforcing", Permissive: "permissive" };

const vendors: Record<string, Facts["cpu"]["vendor"]> = { GenuineIntel: "intel", AuthenticAMD: "amd" };

/**
 * Reads what facts.sh prints.
 * @throws LabError with the fact that is not there or not understood
 */
export function parseFacts(text: string): Facts {
  const blocks = blocksOf(text);
  const get = (name: string): string => {
    const block = blocks.get(name);
    if (block === undefined)
      throw new LabError(`a server describes itself in a way that is not understood: it says nothing of ${name}`);
    return block;
  };
  const count = (name: string, from = get(name)): number => {
    const number = numberOr(from, undefined);
    if (number === undefined)
      throw new LabError(`a server describes itself in a way that is not understood: ${name}: ${JSON.stringify(from)}`);
    return number;
  };
  const memory = new Map(pairsOf(get("memory").replace(/ kB$/gm, "")));
  const mib = (name: string) => Math.floor(count(name, memory.get(`${name}:`) ?? "") / 1024);
  const pages = (name: string) => numberOr(memory.get(`${name}:`), 0);
  const daemons = linesOf(get("time-daemons"));
  const isPf = (name: string) => name.startsWith("pf ");
  return {
    user: { id: count("user"), name: get("user-name") },
    machine: get("machine"),
    kernel: get("kernel"),
    kernelModulesThere: get("kernel-modules") === "there",
    distribution: parseOsRelease(get("distribution")),
    kernelWords: wordsOf(get("kernel-words")),
    cpu: {
      vendor: vendors[get("cpu-vendor")] ?? "other",
      virtualises: get("cpu-virtualisation") !== "",
      count: count("cpus"),
    },
    memory: { totalMiB: mib("MemTotal"), availableMiB: mib("MemAvailable") },
    hugepages: { total: pages("HugePages_Total"), free: pages("HugePages_Free"), sizeKiB: pages("Hugepagesize") },
    kvm: get("kvm") === "there",
    libvirt: libvirtOf(get("libvirt")),
    libvirtUnits: new Map(pairsOf(get("libvirt-units"))),
    machines: someOf(get("machines")),
    devices: someOf(get("devices")),
    selinux: selinuxModes[get("selinux")] ?? "off",
    iommuGroups: count("iommu-groups"),
    clock: { source: get("clock"), available: wordsOf(get("clocks")) },
    time: {
      // phc2sys steers the clock by a PTP hardware clock, and the kernel is not told that this synchronises it.
      synchronised: get("time-synchronised") === "yes" || get("chrony") === "Normal" || daemons.includes("phc2sys"),
      daemons,
    },
    governors: linesOf(get("governors")),
    interfaces: linesOf(get("interfaces")),
    nicLimits: parseNicLimits(get("nic-limits")),
    bridgedFrames: parseBridgedFrames(get("bridged-frames")),
    tools: new Set(linesOf(get("tools"))),
    versions: versionsOf(get("versions")),
    modules: moduleStates(get("modules")),
    pfs: new Map(
      [...blocks].flatMap(([name, block]) => (isPf(name) && block !== "" ? [[name.slice(3), pfFacts(block)]] : [])),
    ),
  };
}
