import { head, type VmPort, vhostDevice, withoutRom } from "./port.ts";

/** A tap on a switch of the host, with a NIC model that the guest sees. */
export const tap = (model: "e1000" | "virtio"): VmPort => ({
  attachesTo: "switch",
  words: "a tap",
  serverDrives: false,
  guestModule: model === "e1000" ? "e1000" : "virtio_net",
  virt: "vnet",
  nicUnseen: null,
  rights: null,
  interfaceXml(mac, point) {
    if (!("bridge" in point)) throw new RangeError("a tap attaches to a bridge, not to a VF");
    const device = model === "virtio" ? vhostDevice : `<model type="${model}"/>${withoutRom}`;
    return `<interface type="bridge">${head(mac)}<source bridge="${point.bridge}"/>${device}</interface>`;
  },
});
