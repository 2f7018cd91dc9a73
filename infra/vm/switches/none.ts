import { vfInterface, vfPlaceOf } from "../../plan/placement.ts";
import { vfMacOf } from "../addresses.ts";
import type { HostSwitch } from "./host-switch.ts";

const onOff = (value: boolean | undefined) => (value === undefined ? "" : value ? "on" : "off");

/** No switch on the host: the VM has a VF of its own, and the NIC switches. */
export const noSwitch: HostSwitch = {
  words: "",
  place: "vf",
  nic: "vf",
  filterEntries: () => 0,
  placeOf({ pair, role, host: { pfs }, vfAddress }, { index, mac, port, vlan }) {
    const vfPlace = vfPlaceOf(pfs, index);
    const pf = pfs[vfPlace.pf]?.name ?? "";
    const pci = vfAddress(pf, vfPlace.vf);
    const netdev = vfInterface(vfPlace);
    const { rights } = port;
    return {
      point: { vf: { pci, netdev } },
      fields: {
        kind: "vf",
        pf,
        vf: vfPlace.vf,
        pci,
        // A guest that drives the VF itself needs no driver of it on the server, which may have none.
        netdev: port.serverDrives ? netdev : "",
        mac,
        // Only a VM that has a VF to itself lends it its own address.
        vf_mac: rights === null ? mac : vfMacOf({ pair, role }, index),
        vlan,
        trust: onOff(rights?.trust),
        spoofchk: onOff(rights?.spoofCheck),
      },
    };
  },
};
