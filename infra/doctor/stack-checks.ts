import { type Role, roles } from "../../lib/roles.ts";
import type { Problem } from "../../study/problem.ts";
import type { Inventory } from "../config/hosts.ts";
import { capacityProblems, memoryNeeded, vfsNeeded } from "../plan/capacity.ts";
import type { Plan } from "../plan/plan.ts";
import { withCapacity } from "./capacity.ts";
import { type Check, type Finding, missing, ok, warning } from "./check.ts";
import type { Facts } from "./facts.ts";
import { changeCommand, type HostsSource } from "./hosts-source.ts";

/** What is known of each server; undefined for one that was not reached. */
export type Known = Record<Role, Facts | undefined>;

/** The inventory with what the servers really have, in place of what it states of them. */
function withFacts(inventory: Inventory, known: Known): Inventory {
  const hostWithFacts = (role: Role) => {
    const facts = known[role];
    return facts === undefined ? inventory.hosts[role] : withCapacity(inventory.hosts[role], facts);
  };
  return { ...inventory, hosts: { sender: hostWithFacts("sender"), responder: hostWithFacts("responder") } };
}

/** What a scenario wants of which servers. */
export interface Request {
  inventory: Inventory;
  source: HostsSource;
  /** Of the stack. */
  name: string;
  plan: Plan;
}

function refusal({ source, name }: Request, { key, found, allowed }: Problem): Finding {
  const change = key.startsWith("hosts.")
    ? changeCommand(source, key)
    : `./lab pulumi config set ${key} VALUE --stack ${name}`;
  return missing(key, found, `${change}  # allowed: ${allowed}`);
}

function fits(role: Role, { hosts }: Inventory, plan: Plan): string {
  const { pfs, memoryMiB, cpus } = hosts[role];
  const vfs = pfs.reduce((sum, pf) => sum + pf.vfs, 0);
  return `${role}: ${vfsNeeded(plan[role])} of ${vfs} VFs, ${memoryNeeded(plan[role])} of ${memoryMiB} MiB, CPUs: ${cpus}`;
}

/**
 * Whether what a scenario asks for fits what its servers really have (infra/plan/capacity.ts has the rules). A server that
 * was not reached is taken as its description states it, and a warning says so.
 */
export function stackChecks(request: Request, known: Known): Check[] {
  const { inventory, plan } = request;
  const real = withFacts(inventory, known);
  const unreached = roles.filter((role) => known[role] === undefined);
  const reached = roles.filter((role) => known[role] !== undefined);
  const problems = capacityProblems(real, plan).map((problem) => refusal(request, problem));
  const findings = [
    ...problems,
    ...(problems.length === 0 && reached.length > 0
      ? [ok("capacity", reached.map((role) => fits(role, real, plan)).join("; "))]
      : []),
    ...unreached.map((role) =>
      warning("capacity", `the ${role} was not reached: only what the hosts state of it was checked`),
    ),
  ];
  return findings.map((finding) => ({ server: "both" as const, ...finding }));
}
