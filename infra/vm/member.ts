import { canonicalJson, sha256 } from "../../lib/canonical.ts";
import type { Server } from "../host/server.ts";
import { vfInterface, vfPlaceOf } from "../plan/placement.ts";
import { type Identity, identityOf, vfMacOf } from "./addresses.ts";
import { type AttachmentPoint, attachment } from "./attachment.ts";
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
export interface Member extends Pick<Design, "memoryMiB" | "vcpus" | "initrd"> {
  identity: Identity;
  /** Of this deployment of the VM; a VM of another design has another one. */
  token: string;
  /** Its line for slots.sh. */
  slot: string;
  interfaceXml: string;
  kernelWords: string[];
}

const onOff = (value: boolean | undefined) => (value === undefined ? "-" : value ? "on" : "off");

function attachedTo(server: Server, { driver, vlan }: Design, index: number) {
  const { pfs } = server.host;
  const { mac } = identityOf(server.role, index);
  if (capabilities[driver].attachesTo === "bridge") {
    const point: AttachmentPoint = { bridge: server.bridge };
    return { point, fields: ["bridge", pfs[0]?.name ?? "-", "-", "-", "-", mac, "-", "-", "-", "0"] };
  }
  const place = vfPlaceOf(pfs, index);
  const pf = pfs[place.pf]?.name ?? "";
  const pci = server.vfAddress(pf, place.vf);
  const netdev = vfInterface(place);
  const rights = capabilities[driver].vf;
  // Only a VM that has a VF to itself lends it its own address.
  const vfMac = rights === null ? mac : vfMacOf(server.role, index);
  const point: AttachmentPoint = { vf: { pci, netdev } };
  const settings = [onOff(rights?.trust), onOff(rights?.spoofCheck), String(vlan)];
  return { point, fields: ["vf", pf, String(place.vf), netdev, pci, mac, vfMac, ...settings] };
}

/**
 * A VM of a server, by its index: 0 is the Main VM, 1 and above are background VMs.
 * @throws RangeError when its driver needs a VF and there is none for it
 */
export function memberOf(server: Server, of: Design, index: number): Member {
  const { driver, memoryMiB, vcpus, initrd, replicate } = of;
  const identity = identityOf(server.role, index);
  const { point, fields } = attachedTo(server, of, index);
  const interfaceXml = attachment(driver, identity.mac, point);
  const words = kernelWords({ identity, module: capabilities[driver].guestModule, neighbours: of.neighboursOf(index) });
  const design = { memoryMiB, vcpus, initrd, replicate, kernel: server.kernel, interfaceXml, words, fields };
  const token = server.token(`vm-${identity.name}`, `-${sha256(canonicalJson(design)).slice(0, 12)}`);
  return {
    ...{ identity, token, interfaceXml, memoryMiB, vcpus, initrd, kernelWords: words },
    slot: [identity.name, token, ...fields].join(" "),
  };
}
