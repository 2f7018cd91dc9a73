import type { HostSwitch } from "./host-switch.ts";

/**
 * The Linux bridge over the first PF (bridge.sh makes it).
 *
 * A VM on it must have its address in the NIC's filter where the NIC returns frames to its own PF. A PF in a bridge takes every frame
 * from the cable that is for no VF, so an entry is needed only for frames that the NIC itself would switch: those of VFs of the same NIC,
 * to which no VM here talks (each talks to its counterpart on the other server), and those that a NIC returns to its own PF. Background
 * VMs have it whether they talk or not: a change of load makes no VM anew.
 */
export const linuxBridge: HostSwitch = {
  words: "the Linux bridge over the PF",
  place: "bridge",
  nic: "pf",
  filterEntries: ({ pfs }) => (pfs[0]?.returnsOwnFrames === true ? 1 : 0),
  placeOf({ bridge, host }, { mac }) {
    const self = linuxBridge.filterEntries(host) > 0 ? "yes" : "no";
    return { point: { bridge }, fields: { kind: "bridge", pf: host.pfs[0]?.name ?? "", mac, self } };
  },
};
