import { canonicalJson, sha256 } from "../../lib/canonical.ts";
import { formatFields } from "../../lib/key-value.ts";
import type { Server } from "../host/server.ts";
import { layerNames } from "../layer-names.ts";
import { type Identity, identityOf, otherEnd } from "./addresses.ts";
import { type DomainSpec, domainXml } from "./domain-xml.ts";
import { attachments } from "./drivers.ts";
import type { Design } from "./placed-member.ts";

/** One endpoint, all of it decided before anything is made. */
export interface Member {
  identity: Identity;
  /** Of this deployment of it; one of another design has another one. */
  token: string;
  /** Its lines for slots.sh and ready.sh. */
  slot: string;
  ready: string;
  /** Of a VM, its definition, but for the token, which depends on its slot. */
  definition: Omit<DomainSpec, "token"> | null;
}

/**
 * Where a NIC returns frames, what comes back starts the time for which a VF's driver may hold back an interrupt, and the answer to
 * each frame would wait for its end (docs/emulated-servers.md): so it is to hold back none.
 */
const rxUsecsOf = ({ pfs }: Server["host"], pf: unknown): number | undefined =>
  pfs.find(({ name }) => name === pf)?.returnsOwnFrames === true ? 0 : undefined;

/**
 * An endpoint of a server, by its index: 0 is the Main endpoint, 1 and above are background VMs.
 * @param stack whose it is
 * @throws RangeError when its driver needs a VF and there is none for it
 */
export function memberOf(server: Server, stack: string, design: Design, index: number): Member {
  const attachment = attachments[design.driver];
  const { port, hostSwitch } = attachment;
  const endpoint = attachment.endpoint.id;
  const identity = identityOf(server, index);
  const { name, mac } = identity;
  const { point, fields } = hostSwitch.placeOf(server, { index, mac, port, vlan: design.vlan });
  const rxUsecs = rxUsecsOf(server.host, fields.pf);
  const neighbours = design.neighboursOf(index);
  const placed = { identity, design, point, rxUsecs, neighbours };
  const { definition, ...parts } = attachment.partsOf(server, stack, placed);
  const place = { ...fields, ...parts.place };
  const slot = { endpoint, ...place, peer_mac: identityOf(otherEnd(server), index).mac };
  // All that makes it this one and no other: what libvirt is told, and its place.
  const told = definition && { definition: domainXml({ ...definition, token: "" }) };
  const hash = sha256(canonicalJson({ ...told, slot, replicate: design.replicate, plot: design.plot }));
  const token = server.token(layerNames.endpoint(endpoint, name), `-${hash.slice(0, 12)}`);
  const { kind = "", netdev } = place;
  const ofServersDriver = netdev ? { netdev, ...(rxUsecs !== undefined && { rx_usecs: rxUsecs }) } : {};
  return {
    ...{ identity, token, definition },
    slot: formatFields({ name, token, ...slot }),
    ready: formatFields({ name, token, endpoint, kind, mac, ...ofServersDriver }),
  };
}
