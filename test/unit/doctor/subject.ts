import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Host, hostSchema } from "../../../infra/config/hosts.ts";
import { configSchema } from "../../../infra/config/schema.ts";
import type { Finding, ServerCheck, Subject, Wanted } from "../../../infra/doctor/check.ts";
import type { ExaminedPf, Facts } from "../../../infra/doctor/facts.ts";
import { parseFacts } from "../../../infra/doctor/parse-facts.ts";
import { planOf } from "../../../infra/plan/plan.ts";

const read = (name: string) => readFileSync(join(import.meta.dirname, "data", name), "utf8");

/** What facts.sh prints on a server that has everything, and on one that lacks most. */
export const texts = { healthy: read("healthy.txt"), broken: read("broken.txt") };

export const healthy = parseFacts(texts.healthy);
export const broken = parseFacts(texts.broken);

/** A host's description as it is read from a file. */
export const host: Host = hostSchema.parse({
  address: "192.0.2.11",
  privateKeyFile: "/home/me/.ssh/id_ed25519",
  hostKey: "ssh-ed25519 AAAA",
  pfs: [{ name: "ens1f0", vfs: 8, totalVfs: 63, addressFilters: 128 }],
  cpus: 12,
  memoryMiB: 64_137,
});

/** What a stack with this configuration wants of the Sender server. */
export const wants = (config: object): Wanted => ({
  stack: "rack",
  tenant: "stack rack (here:/checkout)",
  plan: planOf(configSchema.parse(config)).sender,
});

/** Systems as their os-release(5) describes them. */
export const ubuntu: Facts["distribution"] = {
  id: "ubuntu",
  like: ["debian"],
  version: "22.04",
  name: "Ubuntu 22.04.5 LTS",
};
export const distributions = {
  rhel: { id: "rhel", like: ["fedora"], version: "9.4", name: "Red Hat Enterprise Linux 9.4 (Plow)" },
  rocky: { id: "rocky", like: ["rhel", "centos", "fedora"], version: "9.4", name: "Rocky Linux 9.4 (Blue Onyx)" },
  fedora: { id: "fedora", like: [], version: "41", name: "Fedora Linux 41 (Server Edition)" },
  leap: { id: "opensuse-leap", like: ["suse", "opensuse"], version: "15.6", name: "openSUSE Leap 15.6" },
  arch: { id: "arch", like: [], version: undefined, name: "Arch Linux" },
  mint: { id: "linuxmint", like: ["ubuntu", "debian"], version: "22", name: "Linux Mint 22" },
} satisfies Record<string, Facts["distribution"]>;

export interface Changes extends Partial<Omit<Subject, "facts" | "host">> {
  host?: Partial<Host>;
  facts?: Partial<Facts>;
  /** Of its one port. */
  pf?: Partial<ExaminedPf>;
}

/** A healthy server, with changes. */
export function subject({ host: hostChanges, facts, pf, ...changes }: Changes = {}): Subject {
  const port = healthy.pfs.get("ens1f0");
  if (!port) throw new Error("the healthy server has no port");
  return {
    role: "sender",
    host: { ...host, ...hostChanges },
    peer: { ...host, pfs: [{ name: "enp9s0", vfs: 8 }] },
    facts: { ...healthy, pfs: new Map([["ens1f0", { ...port, ...pf }]]), ...facts },
    lease: "free",
    inUse: [],
    now: { boot: "5d1c0c9e", freeMiB: undefined },
    peerBoot: "77aa01f2",
    ways: [],
    wanted: undefined,
    source: { file: ".lab/hosts.json", words: "" },
    ...changes,
  };
}

/** The only finding of a check. */
export function findingOf(check: ServerCheck, changes: Changes = {}): Finding {
  const [finding, ...more] = check(subject(changes));
  if (!finding || more.length > 0) throw new Error(`${1 + more.length} findings where one was expected`);
  return finding;
}

/** A set without some of its members. */
export const without = <K>(set: ReadonlySet<K>, ...gone: K[]) => new Set([...set].filter((one) => !gone.includes(one)));
