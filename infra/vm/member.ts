import { canonicalJson, sha256 } from "../../lib/canonical.ts";
import { formatFields } from "../../lib/key-value.ts";
import type { LinkSetting } from "../../study/link-setting.ts";
import type { Server } from "../host/server.ts";
import { domainUuid, type Identity, identityOf, otherEnd } from "./addresses.ts";
import { type DomainSpec, domainXml } from "./domain-xml.ts";
import { attachments, type Driver } from "./drivers.ts";
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
  /** Of their network devices, beside what every such VM needs. */
  links: readonly LinkSetting[];
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

/**
 * How long a VF's driver may hold back an interrupt, microseconds; undefined: as it does by itself. Where a NIC returns frames, what
 * comes back starts that time, and the answer to each frame would wait for its end (docs/emulated-servers.md).
 */
const rxUsecsOf = ({ pfs }: Server["host"], pf: unknown): number | undefined =>
  pfs.find(({ name }) => name === pf)?.returnsOwnFrames === true ? 0 : undefined;

const holdingBack = (rxUsecs: number): LinkSetting => ({ tool: "ethtool", words: ["-C", "rx-usecs", String(rxUsecs)] });

/**
 * A VM of a server, by its index: 0 is the Main VM, 1 and above are background VMs.
 * @param stack whose VM it is
 * @throws RangeError when its driver needs a VF and there is none for it
 */
export function memberOf(server: Server, stack: string, of: Design, index: number): Member {
  const { memoryMiB, vcpus, initrd, replicate, vlan } = of;
  const { port, hostSwitch } = attachments[of.driver];
  const identity = identityOf(server, index);
  const { name, mac } = identity;
  const { point, fields } = hostSwitch.placeOf(server, { index, mac, port, vlan });
  const rxUsecs = rxUsecsOf(server.host, fields.pf);
  const ofServersDriver = rxUsecs !== undefined && fields.netdev ? { netdev: fields.netdev, rx_usecs: rxUsecs } : {};
  const definition = {
    ...{ name, memoryMiB, vcpus, initrd, kernel: server.kernel, domainType: server.host.domainType },
    uuid: domainUuid(stack, server.role, name),
    kernelWords: kernelWords({
      identity,
      module: port.guestModule,
      links: [...of.links, ...(port.guestModule === "vf" && rxUsecs !== undefined ? [holdingBack(rxUsecs)] : [])],
      neighbours: of.neighboursOf(index),
    }),
    interfaceXml: port.interfaceXml(mac, point, vlan),
  };
  const slot = { ...fields, peer_mac: identityOf(otherEnd(server), index).mac };
  // All that makes it this VM and no other: what libvirt is told, and its place.
  const design = sha256(canonicalJson({ definition: domainXml({ ...definition, token: "" }), slot, replicate }));
  const token = server.token(`vm-${name}`, `-${design.slice(0, 12)}`);
  return {
    ...{ identity, token, definition },
    slot: formatFields({ name, token, ...slot }),
    ready: formatFields({ name, token, kind: fields.kind, mac, ...ofServersDriver }),
  };
}
