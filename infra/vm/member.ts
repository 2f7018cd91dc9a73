import { canonicalJson, sha256 } from "../../lib/canonical.ts";
import { formatFields } from "../../lib/key-value.ts";
import { otherRole } from "../../lib/roles.ts";
import type { Server } from "../host/server.ts";
import { needsAddressFilter } from "../plan/address-filters.ts";
import { vfInterface, vfPlaceOf } from "../plan/placement.ts";
import { domainUuid, type Identity, identityOf, vfMacOf } from "./addresses.ts";
import { type AttachmentPoint, attachment } from "./attachment.ts";
import { type DomainSpec, domainXml } from "./domain-xml.ts";
import { capabilities, type Driver } from "./drivers.ts";
import { kernelWords } from "./kernel-words.ts";

/** What the VMs of a fleet have in common. */
export interface Design {
  driver: Driver;
  /** VLAN that the NIC puts their VFs into; 0: none. */
  vlan: number;
  memoryMiB: number;
  vcpus: number;
  /** Where the server has their initramfs. */
  initrd: string;
  /** Which deployment of equal ones this is: another one has VMs of its own, for it and no packet is what is repeated. */
  replicate: number;
  /** Guests whose MAC address a VM knows without asking. */
  neighboursOf: (index: number) => Pick<Identity, "ip" | "mac">[];
}

/** One VM, all of it decided before anything is made. */
export interface Member {
  identity: Identity;
  /** Of this deployment of the VM; a VM of another design has another one. */
  token: string;
  /** Its lines for slots.sh and ready.sh. */
  slot: string;
  ready: string;
  /** Its definition, but for the token, which depends on its slot. */
  definition: Omit<DomainSpec, "token">;
}

const onOff = (value: boolean | undefined) => (value === undefined ? "" : value ? "on" : "off");

/** What a VM is attached to, and the fields of its place that slots.sh makes ready. */
function attachedTo(server: Server, { driver, vlan }: Design, index: number) {
  const { pfs } = server.host;
  const { mac } = identityOf(server.role, index);
  if (capabilities[driver].attachesTo === "bridge") {
    const point: AttachmentPoint = { bridge: server.bridge };
    const self = needsAddressFilter(pfs[0]) ? "yes" : "no";
    return { point, place: { kind: "bridge", pf: pfs[0]?.name ?? "", mac, self } };
  }
  const vfPlace = vfPlaceOf(pfs, index);
  const pf = pfs[vfPlace.pf]?.name ?? "";
  const pci = server.vfAddress(pf, vfPlace.vf);
  const netdev = vfInterface(vfPlace);
  const rights = capabilities[driver].vf;
  // Only a VM that has a VF to itself lends it its own address.
  const vfMac = rights === null ? mac : vfMacOf(server.role, index);
  const point: AttachmentPoint = { vf: { pci, netdev } };
  return {
    point,
    place: {
      kind: "vf",
      pf,
      vf: vfPlace.vf,
      pci,
      // A guest that drives the VF itself needs no driver of it on the server, which may have none.
      netdev: capabilities[driver].guestModule === "vf" ? "" : netdev,
      mac,
      vf_mac: vfMac,
      vlan,
      trust: onOff(rights?.trust),
      spoofchk: onOff(rights?.spoofCheck),
    },
  };
}

/**
 * A VM of a server, by its index: 0 is the Main VM, 1 and above are background VMs.
 * @param stack whose VM it is
 * @throws RangeError when its driver needs a VF and there is none for it
 */
export function memberOf(server: Server, stack: string, of: Design, index: number): Member {
  const { driver, memoryMiB, vcpus, initrd, replicate } = of;
  const identity = identityOf(server.role, index);
  const { name, mac } = identity;
  const { point, place } = attachedTo(server, of, index);
  const definition = {
    ...{ name, memoryMiB, vcpus, initrd, kernel: server.kernel, domainType: server.host.domainType },
    uuid: domainUuid(stack, server.role, name),
    kernelWords: kernelWords({
      identity,
      module: capabilities[driver].guestModule,
      neighbours: of.neighboursOf(index),
    }),
    interfaceXml: attachment(driver, mac, point, of.vlan),
  };
  const slot = { ...place, peer_mac: identityOf(otherRole[server.role], index).mac };
  // All that makes it this VM and no other: what libvirt is told, and its place.
  const design = sha256(canonicalJson({ definition: domainXml({ ...definition, token: "" }), slot, replicate }));
  const token = server.token(`vm-${name}`, `-${design.slice(0, 12)}`);
  return {
    ...{ identity, token, definition },
    slot: formatFields({ name, token, ...slot }),
    ready: [name, token, capabilities[driver].attachesTo, mac].join(" "),
  };
}
