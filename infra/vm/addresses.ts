import { sha256 } from "../../lib/canonical.ts";
import { otherRole, type Role } from "../../lib/roles.ts";
import { mostPairs } from "../../study/factors/server-pair.ts";
import { mostVfs } from "../config/hosts.ts";

/** Who a guest is on the testbed's network. Index 0 is the Main VM, 1 to 250 are background VMs. */
export interface Identity {
  /** libvirt domain and guest host name, the same word on both servers for the same index. */
  name: string;
  /** In lower case. */
  mac: string;
  ip: string;
  /** Length of the network prefix of `ip`. */
  prefix: number;
}

/** The libvirt domain of the Main VM, and what those of background VMs begin with: `places.sh` finds them by these. */
export const mainName = "rtt-main";
export const backgroundPrefix = "rtt-bg-";

const nameOf = (index: number) => (index === 0 ? mainName : `${backgroundPrefix}${String(index).padStart(3, "0")}`);

/** A server: one of the two ends of a pair. */
export interface PairEnd {
  /** From 1 to `mostPairs`. */
  pair: number;
  role: Role;
}

/** The server on the other side. */
export const otherEnd = ({ pair, role }: PairEnd): PairEnd => ({ pair, role: otherRole[role] });

const numberInPair: Record<Role, number> = { sender: 1, responder: 2 };

/** No two servers of any pairs have the same. @throws RangeError for a pair that there cannot be */
function serverNumber({ pair, role }: PairEnd): number {
  if (!Number.isInteger(pair) || pair < 1 || pair > mostPairs)
    throw new RangeError(`pair ${pair}; allowed: a whole number from 1 to ${mostPairs}`);
  return 2 * (pair - 1) + numberInPair[role];
}

const octet = (value: number) => value.toString(16).padStart(2, "0");

/**
 * The identity of guest `index` of a server: a pure function, so that it never moves when a fleet grows. MAC addresses
 * have QEMU's locally administered prefix 52:54:00; addresses lie in 10.9.0.0/16, which no other network must use.
 */
export function identityOf(end: PairEnd, index: number): Identity {
  if (!Number.isInteger(index) || index < 0 || index > 250)
    throw new RangeError(`guest index ${index}; allowed: a whole number from 0 to 250`);
  const server = serverNumber(end);
  return {
    name: nameOf(index),
    mac: `52:54:00:9a:${octet(server)}:${octet(index)}`,
    ip: `10.9.${server}.${index + 1}`,
    prefix: 16,
  };
}

/** The indices of a server's background VMs: 1 to `count`. */
export const backgroundIndices = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** The names of a server's background VMs. */
export const backgroundNames = (count: number) => backgroundIndices(count).map(nameOf);

/** The names of a server's VMs: its Main VM, and so many background VMs. */
export const vmNames = (background: number) => [mainName, ...backgroundNames(background)];

/** The address of a VF that carries addresses of others beside its own. It is no guest's. */
export function vfMacOf(end: PairEnd, vf: number): string {
  if (!Number.isInteger(vf) || vf < 0 || vf >= mostVfs)
    throw new RangeError(`VF ${vf}; allowed: a whole number from 0 to ${mostVfs - 1}`);
  return `52:54:00:9b:${octet(serverNumber(end))}:${octet(vf)}`;
}

/** A domain's UUID, fixed by the stack and the name: to define a domain again is then no conflict for libvirt. */
export function domainUuid(stack: string, role: Role, name: string): string {
  const hex = sha256(`${stack}\n${role}\n${name}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
