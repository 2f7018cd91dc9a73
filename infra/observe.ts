import { randomBytes } from "node:crypto";
import { z } from "zod";
import { allEnded } from "../lib/concurrent.ts";
import { LabError } from "../lib/errors.ts";
import { parseRecords, wholeNumber } from "../lib/key-value.ts";
import { type Role, roles } from "../lib/roles.ts";
import { connectSsh, handshakeMs } from "../lib/ssh/connect.ts";
import type { Host, Inventory } from "./config/hosts.ts";
import { earlierLease, whenDead } from "./owner.ts";
import { bridgeName, vfPciAddress } from "./plan/placement.ts";
import type { Plan, ServerPlan } from "./plan/plan.ts";
import { type Preflight, parsePreflight, preflightScript } from "./preflight.ts";
import { shellScript } from "./server-script.ts";
import { packagesFor, toolWords } from "./server-tools.ts";
import { mainName, vmNames } from "./vm/addresses.ts";
import { endpointOf } from "./vm/drivers.ts";

/** A physical function as its server knows it. */
export interface PfFacts {
  /** PCI address; undefined for an interface that is no PCI device, which can have no VFs. */
  pci: string | undefined;
  totalVfs: number;
  /** PCI addresses of the VFs that there are, by number. */
  vfs: readonly string[];
  /** Where its VFs' addresses begin and how far they are from each other (sriov_offset, sriov_stride). */
  offset: number;
  stride: number;
}

/** What a server says about itself before anything is declared. */
export interface Observation {
  /** Layer to token, of the layers that are really there. */
  tokens: ReadonlyMap<string, string>;
  /** The stack that holds the server's lease, and since when; undefined when it is free. */
  lease: { owner: string; since: Date } | undefined;
  cpus: number;
  memoryMiB: number;
  /** Memory that nobody needs, what VMs of this testbed have included; undefined for a kernel that does not say. */
  freeMiB: number | undefined;
  /** Which start of which kernel it is: no two servers have it in common. */
  boot: string | undefined;
  /** By name of the interface; one that is not there has none. */
  pfs: ReadonlyMap<string, PfFacts>;
  /** What a deployment would take from somebody, a sentence each, and of which port; "" is of none. */
  inUse: readonly { port: string; what: string }[];
  /** Tools that scripts call and that are not installed. */
  lacking: readonly string[];
}

/** Who asks what servers have, to deploy on them. */
export interface Deployer {
  /** The stack, as a lease names it (owner.ts). */
  owner: string;
  plan: Plan;
  /** The file that describes the servers; undefined where the stack's own configuration does. */
  file: string | undefined;
}

/** Gives a layer its token: the one that its server remembers of the same design, else a new one. */
export type TokenSource = (layer: string, design?: string) => string;

/** @param tokens what the server remembers (Observation) */
export const tokensOf =
  (tokens: ReadonlyMap<string, string>): TokenSource =>
  (layer, design = "") => {
    const there = tokens.get(layer);
    return there?.endsWith(design) ? there : `${randomBytes(6).toString("hex")}${design}`;
  };

/** Where VF `vf` of a PF is, also before it exists; undefined where the PF can have none. */
export function vfAddressOf(facts: PfFacts | undefined, vf: number): string | undefined {
  if (facts === undefined || facts.pci === undefined || vf >= facts.totalVfs) return undefined;
  return facts.vfs[vf] ?? vfPciAddress(facts.pci, facts.offset, facts.stride, vf);
}

const listOf = (text: string) => text.split(",").filter((item) => item !== "");

/** A line of infra/scripts/observe.sh. */
const observedRecord = z.discriminatedUnion("record", [
  z.strictObject({ record: z.literal("server"), cpus: wholeNumber, memory_mib: wholeNumber }),
  z.strictObject({ record: z.literal("now"), boot: z.string(), free_mib: wholeNumber }),
  z.strictObject({
    record: z.literal("pf"),
    name: z.string().min(1),
    pci: z.string(),
    total_vfs: wholeNumber,
    offset: wholeNumber,
    stride: wholeNumber,
    vfs: z.string().transform(listOf),
  }),
  z.strictObject({ record: z.literal("layer"), name: z.string().min(1), token: z.string() }),
  z.strictObject({ record: z.literal("lease"), since: wholeNumber, owner: z.string() }),
  z.strictObject({ record: z.literal("in_use"), port: z.string(), kind: z.string(), what: z.string().min(1) }),
  z.strictObject({ record: z.literal("lacking"), tools: z.string().transform(listOf) }),
]);

/**
 * Reads what infra/scripts/observe.sh prints.
 * @throws LabError with the line that is not understood, or when the server says nothing of itself
 */
export function parseObservation(text: string): Observation {
  const tokens = new Map<string, string>();
  const pfs = new Map<string, PfFacts>();
  const inUse: Observation["inUse"][number][] = [];
  let lacking: string[] = [];
  let lease: Observation["lease"];
  let server: { cpus: number; memoryMiB: number } | undefined;
  let now: Pick<Observation, "freeMiB" | "boot"> = { freeMiB: undefined, boot: undefined };
  for (const line of parseRecords(observedRecord, text, "what a server says of itself")) {
    switch (line.record) {
      case "server":
        server = { cpus: line.cpus, memoryMiB: line.memory_mib };
        break;
      case "now":
        now = { freeMiB: line.free_mib, boot: line.boot || undefined };
        break;
      case "pf": {
        const { name, pci, total_vfs: totalVfs, offset, stride, vfs } = line;
        pfs.set(name, { pci: pci === "" ? undefined : pci, totalVfs, offset, stride, vfs });
        break;
      }
      case "layer":
        tokens.set(line.name, line.token);
        break;
      case "lease":
        lease = { owner: line.owner, since: new Date(line.since * 1000) };
        break;
      case "in_use":
        inUse.push({ port: line.port, what: line.what });
        break;
      case "lacking":
        lacking = line.tools;
    }
  }
  if (server === undefined) throw new LabError("a server was asked what it is, and did not say (record=server)");
  return { tokens, lease, ...server, ...now, pfs, inUse, lacking };
}

/**
 * The script that asks a server what it has; `parseObservation` reads its answer.
 * @param plan what is to be made: whether somebody has a VM or a network namespace of such a name is asked; undefined: of a Main VM's
 */
export const observeScript = ({ pfs }: Pick<Host, "pfs">, plan?: ServerPlan): string =>
  shellScript("observe.sh", {
    PORTS: pfs.map(({ name, vfs }) => `${name}=${vfs}`).join(" "),
    BRIDGE: bridgeName,
    VMS: vmNames(plan?.background.vms ?? 0).join(" "),
    NAMESPACES: plan !== undefined && endpointOf(plan.main.driver).isNamespace ? mainName : "",
    TOOLS: toolWords(packagesFor(plan)),
  });

/** @throws LabError with the tools that a server lacks */
export function refuseLacking(role: Role, { lacking }: Pick<Observation, "lacking">): void {
  if (lacking.length > 0)
    throw new LabError(
      `${role}: ${lacking.join(", ")} not installed, which scripts call on that server; ./lab doctor says which packages have them`,
    );
}

function refuseForeignLease(role: Role, { lease }: Observation, { owner, file }: Deployer): void {
  if (lease === undefined || lease.owner === owner) return;
  const mend = earlierLease(lease.owner, owner) ?? "Destroy that stack first";
  throw new LabError(
    `${role}: in use by ${lease.owner} since ${lease.since.toISOString()}, and a testbed has one tenant. ${mend}; ${whenDead(role, lease.owner, file)}`,
  );
}

/**
 * Nothing is taken from anybody, and that is known before the first change on either server.
 * @throws LabError with what would be taken, a line each
 */
export function refuseUsed(observed: Record<Role, Pick<Observation, "inUse">>): void {
  const used = roles.flatMap((role) => observed[role].inUse.map(({ what }) => `  ${role}: ${what}`));
  if (used.length > 0)
    throw new LabError(
      `A deployment would take from somebody what is in use:\n${used.join("\n")}\nGive ports (hosts.ROLE.pfs) that are connected to the other server and to nothing else, or end that use.`,
    );
}

/**
 * Two names of one server are found out by what it says of its start.
 * @throws LabError when both are one server
 */
export function refuseOneServer({ sender, responder }: Record<Role, Pick<Observation, "boot">>): void {
  if (sender.boot !== undefined && sender.boot === responder.boot)
    throw new LabError(
      `hosts.sender and hosts.responder are one server: both run since the start ${sender.boot}. Give two servers (hosts.ROLE.address).`,
    );
}

/** The inventory with what it does not say of its servers filled in by what they say of themselves. */
export function withObserved(inventory: Inventory, observed: Record<Role, Observation>): Inventory {
  const observedHost = (role: Role): Host => {
    const host = inventory.hosts[role];
    const { cpus, memoryMiB, pfs } = observed[role];
    return {
      ...host,
      cpus: host.cpus ?? cpus,
      memoryMiB: host.memoryMiB ?? memoryMiB,
      pfs: host.pfs.map((pf) => ({ ...pf, totalVfs: pf.totalVfs ?? pfs.get(pf.name)?.totalVfs ?? 0 })),
    };
  };
  return { ...inventory, hosts: { sender: observedHost("sender"), responder: observedHost("responder") } };
}

/**
 * Asks both servers, side by side, which layers they have; nothing is changed on them. This is where a server that is
 * dead, unreachable, not who it should be or somebody else's is found out, before any resource is touched.
 * @param deployer who wants the servers, and for what; a server that another stack holds is refused
 * @param timeoutMs to connect; a server that does has `answerMs` to say what it has, for it may be busy
 * @throws LabError one message for all servers that cannot be used
 */
export async function observe(
  inventory: Inventory,
  deployer: Deployer,
  timeoutMs = handshakeMs,
  answerMs = 60_000,
): Promise<Record<Role, Observation & { preflight: Preflight }>> {
  const askServer = async (role: Role) => {
    const host = inventory.hosts[role];
    const ssh = await connectSsh(role, host, timeoutMs);
    try {
      const name = "the question what it has";
      const [observation, preflight] = await allEnded(
        [observeScript(host, deployer.plan[role]), preflightScript(host)].map((script) =>
          ssh.run(script, { timeoutMs: answerMs, name }),
        ),
      );
      return { ...parseObservation(observation ?? ""), preflight: parsePreflight(preflight ?? "") };
    } finally {
      ssh.close();
    }
  };
  const [sender, responder] = await Promise.allSettled(roles.map(askServer));
  const failures = [sender, responder].flatMap((result) => (result?.status === "rejected" ? [result.reason] : []));
  if (failures.length > 0 || sender?.status !== "fulfilled" || responder?.status !== "fulfilled") {
    throw new LabError(`The servers cannot be used:\n${failures.map((f) => `  ${f.message}`).join("\n")}`);
  }
  const observed = { sender: sender.value, responder: responder.value };
  refuseOneServer(observed);
  for (const role of roles) {
    refuseLacking(role, observed[role]);
    refuseForeignLease(role, observed[role], deployer);
  }
  refuseUsed(observed);
  return observed;
}
