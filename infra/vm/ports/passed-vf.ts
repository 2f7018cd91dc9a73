import { parsePciAddress } from "../../../lib/pci-address.ts";
import { head, type VmPort, vfOf, withoutRom } from "./port.ts";

/** Why the host has no capture of a VF in a guest; stands wherever a metric is unavailable because of it. */
export const bypassed = "PCI passthrough: packets bypass the host kernel, so the host cannot capture them";

/** A VF that is passed through to the guest, which drives it. */
export const passedVf: VmPort = {
  attachesTo: "vf",
  words: "a VF of its own",
  serverDrives: false,
  guestModule: "vf",
  virt: { unseen: bypassed },
  nicUnseen: { unseen: bypassed },
  rights: null,
  interfaceXml(mac, point, vlan) {
    const { domain, bus, slot, fn } = parsePciAddress(vfOf("a VF passed through", point).pci);
    const address = `<address type="pci" domain="0x${domain}" bus="0x${bus}" slot="0x${slot}" function="0x${fn}"/>`;
    return `<interface type="hostdev" managed="yes">${head(mac, vlan)}<source>${address}</source>${withoutRom}</interface>`;
  },
};
