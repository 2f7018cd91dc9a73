/** A virtual function as its server knows it. */
interface Vf {
  /** PCI address as "0000:01:10.0". */
  pci: string;
  /** The name of its network interface while its own driver has it. */
  netdev: string;
}

/** Where on its server an endpoint is attached. @see infra/plan/placement.ts for which VF it is */
export type AttachmentPoint = { bridge: string } | { vf: Vf };

/** What the PF must let a VF do. */
interface VfRights {
  trust: boolean;
  spoofCheck: boolean;
}

/** Why the host sees nothing of an endpoint's packets at a place, in words. */
export interface Unseen {
  unseen: string;
}

/** How an endpoint is attached: what it needs of a VF, and what the host sees of it. */
export interface Port {
  /** What it is attached to: a switch on the host, or a VF. */
  attachesTo: "switch" | "vf";
  /** What documents call it: "a tap", "a VF of its own". */
  words: string;
  /** Whether the server's own driver has its VF, whose interface is then called as its place (vfInterface). */
  serverDrives: boolean;
  /** Its own interface on the host, where its packets can be captured; or why they cannot. */
  virt: "vnet" | "macvtap" | Unseen;
  /** Why its packets cannot be captured at the NIC's side either; null where they can (hostSwitch.nic). */
  nicUnseen: Unseen | null;
  /** What the PF must let its VF do. Null: the NIC's default, and nothing is set. */
  rights: VfRights | null;
  /** Kernel module of the guest's network device, "vf" for the VF's own driver; left out where there is no guest. */
  guestModule?: "e1000" | "virtio_net" | "vf";
}

/** How a VM is attached: also what libvirt is told of it, and what the guest sees. */
export interface VmPort extends Port {
  guestModule: NonNullable<Port["guestModule"]>;
  /**
   * libvirt's `<interface>` (https://libvirt.org/formatdomain.html#network-interfaces).
   * @param vlan that the NIC puts a VF into; 0: none
   * @throws RangeError when the port is for another kind of place
   */
  interfaceXml(mac: string, point: AttachmentPoint, vlan: number): string;
}

/** The VF of a point. @param words what the port is called. @throws RangeError when it is a bridge */
export function vfOf(words: string, point: AttachmentPoint): Vf {
  if ("vf" in point) return point.vf;
  throw new RangeError(`${words} attaches to a VF, not to a bridge`);
}

/**
 * The beginning of an `<interface>`. Where libvirt hands a VF over whole, it also sets the VF's VLAN, to none unless it is told.
 * @param vlan 0 where libvirt is to be told none
 */
export const head = (mac: string, vlan = 0) =>
  `<mac address="${mac}"/>${vlan > 0 ? `<vlan><tag id="${vlan}"/></vlan>` : ""}`;

/** Option ROMs are off: a guest that boots its own kernel needs none, and loading them takes seconds on an emulated server. */
export const withoutRom = '<rom enabled="no"/>';
export const vhostDevice = `<model type="virtio"/><driver name="vhost"/>${withoutRom}`;
