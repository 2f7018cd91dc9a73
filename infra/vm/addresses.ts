import { sha256 } from "../../lib/canonical.ts";
import { mostVfs, type Role } from "../config/hosts.ts";

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

const serverNumber: Record<Role, number> = { sender: 1, responder: 2 };

/**
 * The identity of guest `index` of a server: a pure function, so that it never moves when a fleet grows. MAC addresses
 * have QEMU's locally administered prefix 52:54:00; addresses lie in 10.9.0.0/16, which no other network must use.
 */
export function identityOf(role: Role, index: number): Identity {
  if (!Number.isInteger(index) || index < 0 || index > 250)
    throw new RangeError(`guest index ${index}; allowed: a whole number from 0 to 250`);
  const server = serverNumber[role];
  return {
    name: nameOf(index),
    mac: `52:54:00:9a:0${server}:${index.toString(16).padStart(2, "0")}`,
    ip: `10.9.${server}.${index + 1}`,
    prefix: 16,
  };
}

/** The indices of a server's background VMs: 1 to `count`. */
export const backgroundIndices = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** The names of a server's VMs: its Main VM, and so many background VMs. */
export const vmNames = (background: number) => [0, ...backgroundIndices(background)].map(nameOf);

/** The address of a VF that carries addresses of others beside its own. It is no guest's. */
export function vfMacOf(role: Role, vf: number): string {
  if (!Number.isInteger(vf) || vf < 0 || vf >= mostVfs)
    throw new RangeError(`VF ${vf}; allowed: a whole number from 0 to ${mostVfs - 1}`);
  return `52:54:00:9b:0${serverNumber[role]}:${vf.toString(16).padStart(2, "0")}`;
}

/** A domain's UUID, fixed by the stack and the name: to define a domain again is then no conflict for libvirt. */
export function domainUuid(stack: string, role: Role, name: string): string {
  const hex = sha256(`${stack}\n${role}\n${name}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
