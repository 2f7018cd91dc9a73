import type { Host } from "../../config/hosts.ts";
import type { Identity, PairEnd } from "../addresses.ts";
import type { AttachmentPoint, Port } from "../ports/port.ts";

/** What a server's VMs can be attached to. */
interface Site extends PairEnd {
  host: Pick<Host, "pfs">;
  /** The Linux bridge over the first PF. */
  bridge: string;
  /** PCI address of VF `vf` of a PF. */
  vfAddress(pf: string, vf: number): string;
}

/** A VM that is to be attached. */
interface Guest {
  index: number;
  mac: Identity["mac"];
  port: Port;
  /** VLAN that the NIC puts its VF into; 0: none. */
  vlan: number;
}

/** A VM's place on its server: what libvirt attaches it to, and the fields of the place that slots.sh makes ready. */
interface Place {
  point: AttachmentPoint;
  /** With `kind`, by which the script knows what to do with the rest (infra/scripts/place-KIND.sh). */
  fields: Readonly<Record<string, string | number>> & { kind: HostSwitch["place"] };
}

/** What is between a VM's port and the NIC. */
export interface HostSwitch {
  /** What documents call it, after the port's words; empty where there is nothing between. */
  words: string;
  /** What a place on it is called in the lines for scripts. */
  place: "bridge" | "vf";
  /** The interface of the NIC at which what passes it can be captured. */
  nic: "pf" | "vf";
  /** Entries that each VM on it needs in the address filter of the NIC below it. */
  filterEntries(host: Site["host"]): number;
  /** @throws RangeError when there is nothing for that VM */
  placeOf(site: Site, guest: Guest): Place;
}
