import type { EndpointId } from "../../lib/endpoints/kinds.ts";
import type { Driver, MainDriver } from "../../study/drivers.ts";
import type { DeclaredKind, EndpointParts, HostOfEndpoint } from "./endpoints/declared-kind.ts";
import { declaredVm } from "./endpoints/libvirt-vm.ts";
import { declaredServer } from "./endpoints/server-itself.ts";
import type { PlacedMember } from "./placed-member.ts";
import { macvtap } from "./ports/macvtap.ts";
import { namespacedVf } from "./ports/namespaced-vf.ts";
import { passedVf } from "./ports/passed-vf.ts";
import type { Port, Unseen, VmPort } from "./ports/port.ts";
import { tap } from "./ports/tap.ts";
import type { HostSwitch } from "./switches/host-switch.ts";
import { linuxBridge } from "./switches/linux-bridge.ts";
import { noSwitch } from "./switches/none.ts";

export { type Driver, drivers, type MainDriver, mainDrivers } from "../../study/drivers.ts";

/** What a driver is made of: the kind of endpoint that it is for, a port, and what is between that and the NIC. */
export interface Attachment<OfPort extends Port = Port, Id extends EndpointId = EndpointId> {
  endpoint: Omit<DeclaredKind<OfPort, Id>, "partsOf">;
  /** The paper's name, or ours where it has none. */
  paperName: string;
  port: OfPort;
  hostSwitch: HostSwitch;
  /** Whether VMs of one host that share a lower device reach each other; null where each has a lower device alone. */
  sharedReach: boolean | null;
  /** What an endpoint of the kind on the port is made of. @param stack whose it is */
  partsOf(server: HostOfEndpoint, stack: string, placed: PlacedMember): EndpointParts;
}

/** A driver's endpoint and port, of which each takes the other. */
const attach =
  <OfPort extends Port, Id extends EndpointId>(endpoint: DeclaredKind<OfPort, Id>) =>
  (rest: Omit<Attachment<OfPort>, "endpoint" | "partsOf">): Attachment<OfPort, Id> => ({
    ...{ ...rest, endpoint },
    partsOf: (server, stack, placed) => endpoint.partsOf(server, stack, rest.port, placed),
  });
const vm = attach(declaredVm);

/** What each driver is made of. */
export const attachments: Readonly<Record<Driver, Attachment<VmPort, "vm">> & Record<MainDriver, Attachment>> = {
  "e1000-bridge": vm({ paperName: "E1000", port: tap("e1000"), hostSwitch: linuxBridge, sharedReach: true }),
  "virtio-bridge": vm({ paperName: "Bridge", port: tap("virtio"), hostSwitch: linuxBridge, sharedReach: true }),
  "macvtap-passthrough": vm({
    paperName: "SR-IOV (MacVTap)",
    port: macvtap("passthrough"),
    hostSwitch: noSwitch,
    sharedReach: null,
  }),
  "macvtap-bridge": vm({
    paperName: "SR-IOV (MacVTap, bridge mode)",
    port: macvtap("bridge"),
    hostSwitch: noSwitch,
    sharedReach: true,
  }),
  "macvtap-vepa": vm({
    paperName: "SR-IOV (MacVTap, VEPA mode)",
    port: macvtap("vepa"),
    hostSwitch: noSwitch,
    sharedReach: false,
  }),
  "macvtap-private": vm({
    paperName: "SR-IOV (MacVTap, private mode)",
    port: macvtap("private"),
    hostSwitch: noSwitch,
    sharedReach: false,
  }),
  "pci-passthrough": vm({
    paperName: "SR-IOV + PCI Passthrough",
    port: passedVf,
    hostSwitch: noSwitch,
    sharedReach: null,
  }),
  "host-vf": attach(declaredServer)({
    paperName: "none: no virtualisation",
    port: namespacedVf,
    hostSwitch: noSwitch,
    sharedReach: null,
  }),
};

/** What an endpoint on this driver is attached to, in words: "a tap on the Linux bridge over the PF". */
export function attachedTo(driver: MainDriver): string {
  const { port, hostSwitch } = attachments[driver];
  return [port.words, ...(hostSwitch.words ? [hostSwitch.words] : [])].join(" on ");
}

/** Whether endpoints on this driver have a VF each. */
export const takesVf = (driver: MainDriver): boolean => attachments[driver].port.attachesTo === "vf";

/** The kind of endpoint that has this driver. */
export const endpointOf = <Of extends MainDriver>(driver: Of): (typeof attachments)[Of]["endpoint"] =>
  attachments[driver].endpoint;

/** Whether VMs on this driver are on the Linux bridge. */
export const isOnBridge = (driver: MainDriver): boolean => attachments[driver].hostSwitch.place === "bridge";

/** Where the host can capture an endpoint's packets: at the NIC's side of what is between, and at its own interface; or why not there. */
export function captureOf(driver: MainDriver): { nic: HostSwitch["nic"] | Unseen; virt: Port["virt"] } {
  const { port, hostSwitch } = attachments[driver];
  return { nic: port.nicUnseen ?? hostSwitch.nic, virt: port.virt };
}
