import { parsePciAddress } from "../../lib/pci-address.ts";
import type { Pf } from "../config/hosts.ts";

/** A virtual function, by its physical function and its number there. */
export interface VfPlace {
  /** Place of the PF in the server's configuration. */
  pf: number;
  vf: number;
}

const total = (pfs: readonly Pick<Pf, "vfs">[]) => pfs.reduce((sum, { vfs }) => sum + vfs, 0);

/** How many background VMs can have a VF of their own. @param mainHasVf whether the Main VM takes one */
export const vfsForBackground = (pfs: readonly Pick<Pf, "vfs">[], mainHasVf: boolean): number =>
  Math.max(0, total(pfs) - (mainHasVf ? 1 : 0));

/**
 * Which VF is a VM's: a function of the VM's index and the server's NICs alone, so that no VF that is in use ever moves
 * when a fleet grows or shrinks or another VM changes its driver. VFs are counted through all PFs, the first PF's
 * first. The Main VM (index 0) has the first; background VM i has the one after the i-th, and the last of a fleet that
 * takes all of them has the first, which is free where the Main VM is on a bridge.
 * @throws RangeError when there is no VF for that index
 */
export function vfPlaceOf(pfs: readonly Pick<Pf, "vfs">[], index: number): VfPlace {
  const count = total(pfs);
  if (!Number.isInteger(index) || index < 0 || index > count || count === 0)
    throw new RangeError(`guest ${index} can have no VF: there are ${count}`);
  let vf = index % count;
  for (const [pf, { vfs }] of pfs.entries()) {
    if (vf < vfs) return { pf, vf };
    vf -= vfs;
  }
  throw new RangeError("unreachable: every VF below the total is on a PF");
}

/** The bridge over the first PF of each server. */
export const bridgeName = "rtt0";

/** The name that a VF's network interface has on its server while a VM of ours uses it. */
export const vfInterface = ({ pf, vf }: VfPlace) => `rtt${pf}v${vf}`;

/**
 * A VF's PCI address from its PF's (SR-IOV specification, 2.1.2: routing ID = PF + first VF offset + n x VF stride).
 * @param pfAddress as "0000:01:00.0"
 */
export function vfPciAddress(pfAddress: string, offset: number, stride: number, vf: number): string {
  const { domain, bus, slot, fn } = parsePciAddress(pfAddress);
  const id = Number.parseInt(bus, 16) * 256 + Number.parseInt(slot, 16) * 8 + Number(fn) + offset + vf * stride;
  const hex = (value: number) => value.toString(16).padStart(2, "0");
  return `${domain}:${hex(Math.floor(id / 256))}:${hex(Math.floor(id / 8) % 32)}.${id % 8}`;
}
