import { otherRole, type Role, roles } from "../../lib/roles.ts";
import type { Inventory } from "../config/hosts.ts";
import type { Plan } from "../plan/plan.ts";
import type { Check } from "./check.ts";
import type { Examined } from "./examine.ts";
import type { HostsSource } from "./hosts-source.ts";
import { serverChecks } from "./server-checks.ts";
import { stackChecks } from "./stack-checks.ts";

/** What the doctor says: a list of checks for each server, and one for the stack that was named. */
export interface Diagnosis {
  servers: Record<Role, Check[]>;
  stack?: Check[];
  /** Whether nothing is missing. */
  ok: boolean;
}

/** A stack that was named. */
export interface Stack {
  name: string;
  /** Who its lease says it is. */
  tenant: string;
  plan: Plan;
}

/** What is to be judged. */
export interface Case {
  inventory: Inventory;
  source: HostsSource;
  stack?: Stack;
}

/** Judges what was found out about the servers. A pure function. */
export function diagnose({ inventory, source, stack }: Case, examined: Record<Role, Examined>): Diagnosis {
  const checksOf = (role: Role): Check[] => {
    const seen = examined[role];
    if ("failure" in seen) return [{ server: role, ...seen.failure }];
    const scenario = stack && { stack: stack.name, tenant: stack.tenant, plan: stack.plan[role] };
    const [host, peer] = [inventory.hosts[role], inventory.hosts[otherRole[role]]];
    const seenOfPeer = examined[otherRole[role]];
    const peerBoot = "now" in seenOfPeer ? seenOfPeer.now.boot : undefined;
    return serverChecks({ role, host, peer, peerBoot, ...seen, wanted: scenario, source });
  };
  const factsOf = (role: Role) => ("facts" in examined[role] ? examined[role].facts : undefined);
  const servers = { sender: checksOf("sender"), responder: checksOf("responder") };
  const ofStack =
    stack &&
    stackChecks({ inventory, source, ...stack }, { sender: factsOf("sender"), responder: factsOf("responder") });
  const all = [...roles.flatMap((role) => servers[role]), ...(ofStack ?? [])];
  return { servers, ...(ofStack && { stack: ofStack }), ok: all.every(({ status }) => status !== "missing") };
}
