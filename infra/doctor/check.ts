import type { Role } from "../../lib/roles.ts";
import type { Host } from "../config/hosts.ts";
import type { Observation } from "../observe.ts";
import type { ServerPlan } from "../plan/plan.ts";
import type { MainDriver } from "../vm/drivers.ts";
import type { Facts } from "./facts.ts";
import type { HostsSource } from "./hosts-source.ts";
import type { Way } from "./ways.ts";

/** ok; warning: it works, but not all of it or not at its best; missing: what was asked for cannot work. */
export type Status = "ok" | "warning" | "missing";

/** What was found out about one thing, and what mends it. */
export interface Finding {
  what: string;
  status: Status;
  found: string;
  /** A command: for a shell on the server, or `./lab …` for this machine; a change of the configuration in words. */
  mend?: string;
}

export interface Check extends Finding {
  server: Role | "both";
}

/** What a stack wants of a server. */
export interface Wanted {
  stack: string;
  /** Who its lease says it is. */
  tenant: string;
  plan: ServerPlan;
}

/** Who has a server's lease; `unknown` says why that could not be found out. */
export type Lease = { owner: string; since: Date } | "free" | { unknown: string };

/** What a deployment would take from somebody: a sentence, and the port it is of, "" where it is of none. */
export type Use = readonly { port: string; what: string }[];

/** What `up` asks of a server at the moment; undefined where it does not say. */
export type Now = Pick<Observation, "boot" | "freeMiB">;

/** A server that was reached, and what is wanted of it. */
export interface Subject {
  role: Role;
  host: Host;
  /** The other server, as it is described. */
  peer: Host;
  facts: Facts;
  lease: Lease;
  inUse: Use;
  now: Now;
  /** Which start of which kernel the other server runs since; undefined where it was not reached or does not say. */
  peerBoot: string | undefined;
  ways: readonly Way[];
  /** Undefined when no stack was named: then it may be any driver. */
  wanted: Wanted | undefined;
  source: HostsSource;
}

/** Checks one thing of a server; none where the thing does not matter there. */
export type ServerCheck = (subject: Subject) => Finding[];

/** What reaching a server is called. */
export const connection = "ssh and host key";

export const ok = (what: string, found: string): Finding => ({ what, status: "ok", found });

export const warning = (what: string, found: string, mend?: string): Finding => ({
  what,
  status: "warning",
  found,
  ...(mend !== undefined && { mend }),
});

export const missing = (what: string, found: string, mend?: string): Finding => ({
  ...warning(what, found, mend),
  status: "missing",
});

/** The drivers of a stack's VMs on a server. */
export const driversOf = ({ plan: { main, background } }: Wanted): MainDriver[] =>
  background.vms > 0 ? [main.driver, background.driver] : [main.driver];

/**
 * A lack of what only some drivers need: missing when the stack's VMs use one of them; else a warning, because the
 * server does for the other drivers.
 * @param needs whether a driver needs it
 */
export const lack = (wanted: Wanted | undefined, needs: (driver: MainDriver) => boolean): typeof warning =>
  wanted !== undefined && driversOf(wanted).some(needs) ? missing : warning;
