import { parsePciAddress } from "../../lib/pci-address.ts";
import type { Driver } from "./drivers.ts";

/** A virtual function as its server knows it. */
interface Vf {
  /** PCI address as "0000:01:10.0". */
  pci: string;
  /** The name of its network interface while its own driver has it. */
  netdev: string;
}

/** Where on its server a VM is attached. @see infra/plan/placement.ts for which VF it is */
export type AttachmentPoint = { bridge: string } | { vf: Vf };

function hostdevSource(pci: string): string {
  const { domain, bus, slot, fn } = parsePciAddress(pci);
  return `<source><address type="pci" domain="0x${domain}" bus="0x${bus}" slot="0x${slot}" function="0x${fn}"/></source>`;
}

function bridgeOf(driver: Driver, point: AttachmentPoint): string {
  if ("bridge" in point) return point.bridge;
  throw new RangeError(`${driver} attaches to a bridge, not to a VF`);
}

function vfOf(driver: Driver, point: AttachmentPoint): Vf {
  if ("vf" in point) return point.vf;
  throw new RangeError(`${driver} attaches to a VF, not to a bridge`);
}

/**
 * libvirt's `<interface>` of a VM (https://libvirt.org/formatdomain.html#network-interfaces). Option ROMs are off: a
 * guest that boots its own kernel needs none, and loading them takes seconds on an emulated server.
 * @param vlan that the NIC puts a VF into; 0: none; in macvtap's other modes slots.sh alone sets it
 */
export function attachment(driver: Driver, mac: string, point: AttachmentPoint, vlan = 0): string {
  // Where libvirt hands a VF over whole, it also sets the VF's VLAN, to none unless it is told.
  const ownVf = driver === "pci-passthrough" || driver === "macvtap-passthrough";
  const head = `<mac address="${mac}"/>${ownVf && vlan > 0 ? `<vlan><tag id="${vlan}"/></vlan>` : ""}`;
  const device = (model: string) =>
    `<model type="${model}"/>${model === "virtio" ? '<driver name="vhost"/>' : ""}<rom enabled="no"/>`;
  switch (driver) {
    case "e1000-bridge":
    case "virtio-bridge": {
      const model = driver === "e1000-bridge" ? "e1000" : "virtio";
      return `<interface type="bridge">${head}<source bridge="${bridgeOf(driver, point)}"/>${device(model)}</interface>`;
    }
    case "macvtap-passthrough":
    case "macvtap-bridge":
    case "macvtap-vepa":
    case "macvtap-private": {
      const mode = driver.slice("macvtap-".length);
      return `<interface type="direct">${head}<source dev="${vfOf(driver, point).netdev}" mode="${mode}"/>${device("virtio")}</interface>`;
    }
    case "pci-passthrough":
      return `<interface type="hostdev" managed="yes">${head}${hostdevSource(vfOf(driver, point).pci)}<rom enabled="no"/></interface>`;
  }
}
