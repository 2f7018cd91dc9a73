import { head, type VmPort, vfOf, vhostDevice } from "./port.ts";

/**
 * A macvtap on a VF. In passthrough mode the VF takes the VM's address, and libvirt hands it over whole. In the other modes the macvtap
 * sends and receives with an address that is not the VF's: only a trusted VF without spoof checking may, and slots.sh alone sets its VLAN.
 */
export const macvtap = (mode: "passthrough" | "bridge" | "vepa" | "private"): VmPort => ({
  attachesTo: "vf",
  words: "a VF of its own",
  serverDrives: true,
  guestModule: "virtio_net",
  virt: "macvtap",
  nicUnseen: null,
  rights: mode === "passthrough" ? null : { trust: true, spoofCheck: false },
  interfaceXml(mac, point, vlan) {
    const { netdev } = vfOf("a macvtap", point);
    const first = head(mac, mode === "passthrough" ? vlan : 0);
    return `<interface type="direct">${first}<source dev="${netdev}" mode="${mode}"/>${vhostDevice}</interface>`;
  },
});
