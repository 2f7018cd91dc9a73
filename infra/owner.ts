import { readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { canonicalJson, sha256 } from "../lib/canonical.ts";
import { hostsFile } from "../lib/paths.ts";
import type { Role } from "../lib/roles.ts";

/** Where and by whom a stack is deployed. */
export interface Operator {
  /** Differs between machines that are called alike; undefined where the system gives none (machine-id(5)). */
  machineId: string | undefined;
  host: string;
  user: string;
}

function readMachineId(): string | undefined {
  for (const file of ["/etc/machine-id", "/var/lib/dbus/machine-id"]) {
    try {
      const text = readFileSync(file, "utf8").trim();
      if (text !== "") return text;
    } catch {
      // the other one may be there
    }
  }
  return undefined;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? ""); // a user id without a name, as in containers
  }
}

const thisOperator = (): Operator => ({ machineId: readMachineId(), host: hostname(), user: userName() });

/** Who deploys the stacks of a checkout, in words, and as a hash that is another one on a machine of the same name. */
export function deployerOf(checkout: string, { machineId, host, user } = thisOperator()) {
  const operator = sha256(canonicalJson([machineId ?? null, host, user, checkout])).slice(0, 10);
  return { who: `${user}@${host}:${checkout}`, operator };
}

/** What a stack is called on a server that it has leased: its name, and who deploys it from where. */
export function ownerOf(stack: string, checkout: string, where = thisOperator()): string {
  const { who, operator } = deployerOf(checkout, where);
  return `stack ${stack} (${who}, operator ${operator})`;
}

/** The name of the stack that a lease is called by; undefined where it is none of `ownerOf`'s. */
export const stackOf = (owner: string): string | undefined => /^stack (\S+) \(/.exec(owner)?.[1];

/** What a stack of this operator was called by versions that told no machines of one name apart. */
const earlierOwner = (owner: string): string | undefined => {
  const parts = /^(stack \S+ \()[^@]*@(.*), operator [0-9a-f]{10}\)$/.exec(owner);
  return parts === null ? undefined : `${parts[1]}${parts[2]})`;
};

/**
 * What to do about the lease of a stack that is dead. To release it leaves what that stack made; the next one puts it back before
 * it makes anything. Where its state is in a bucket another machine can take down what it made.
 * @param holder who has the server
 * @param file that describes the servers; undefined where a stack's own configuration does
 */
export function whenDead(role: Role, holder: string, file: string | undefined): string {
  const [, operator] = /, operator ([0-9a-f]{10})\)$/.exec(holder) ?? [];
  const hosts = file === hostsFile ? "" : ` --hosts ${file ?? "FILE"}`;
  const which = file === undefined ? " (FILE: a JSON file with both servers)" : "";
  const clear =
    operator && `, or, where its results go to a bucket, ./lab campaign clear s3://BUCKET/PREFIX ${operator}${hosts}`;
  return `when it is dead: ./lab hosts release ${role} --force${hosts}${clear ?? ""}${which}`;
}

/**
 * What to do about a lease of somebody who may be this very stack, as an earlier version has called it.
 * @param holder who has the server
 * @param owner who wants it
 * @returns undefined when the holder is certainly somebody else
 */
export function earlierLease(holder: string, owner: string): string | undefined {
  if (holder !== earlierOwner(owner)) return undefined;
  const stack = stackOf(owner) ?? "STACK";
  return `An earlier version of this testbed took it, by a name that all machines called alike have in common. If it was this stack: ./lab destroy ${stack} gives it back, by what the state remembers; then deploy again`;
}
