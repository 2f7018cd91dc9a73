import type { Port } from "./port.ts";

/** Why there is no capture at a VM's interface; stands wherever a metric is unavailable because of it. */
export const noVm = "the server itself: there is no interface of a VM";

/** A VF in a network namespace of its server, whose own driver and kernel have it: no VM is there (infra/scripts/place-netns.sh). */
export const namespacedVf: Port = {
  attachesTo: "vf",
  words: "a VF of its own, in a network namespace",
  serverDrives: true,
  virt: { unseen: noVm },
  nicUnseen: null,
  rights: null,
};
