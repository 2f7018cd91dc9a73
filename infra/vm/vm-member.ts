import type { LinkSetting } from "../../study/link-setting.ts";
import type { Server } from "../host/server.ts";
import { domainUuid } from "./addresses.ts";
import type { DomainSpec } from "./domain-xml.ts";
import type { VmAttachment } from "./drivers.ts";
import { kernelWords } from "./kernel-words.ts";
import type { PlacedMember } from "./placed-member.ts";

const holdingBack = (rxUsecs: number): LinkSetting => ({ tool: "ethtool", words: ["-C", "rx-usecs", String(rxUsecs)] });

/** A VM's definition, but for the token, which depends on its place. */
export function vmDefinition(
  server: Server,
  stack: string,
  { port }: VmAttachment,
  { identity, point, rxUsecs, neighbours, design }: PlacedMember,
): Omit<DomainSpec, "token"> {
  const { name, mac } = identity;
  const { memoryMiB, vcpus, initrd, vlan } = design;
  return {
    ...{ name, memoryMiB, vcpus, initrd, kernel: server.kernel, domainType: server.host.domainType },
    uuid: domainUuid(stack, server.role, name),
    kernelWords: kernelWords({
      identity,
      module: port.guestModule,
      links: [...design.links, ...(port.guestModule === "vf" && rxUsecs !== undefined ? [holdingBack(rxUsecs)] : [])],
      neighbours,
    }),
    interfaceXml: port.interfaceXml(mac, point, vlan),
  };
}
