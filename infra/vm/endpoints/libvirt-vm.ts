import type { LinkSetting } from "../../../study/link-setting.ts";
import { domainUuid } from "../addresses.ts";
import { kernelWords } from "../kernel-words.ts";
import type { VmPort } from "../ports/port.ts";
import type { DeclaredKind } from "./declared-kind.ts";

const holdingBack = (rxUsecs: number): LinkSetting => ({ tool: "ethtool", words: ["-C", "rx-usecs", String(rxUsecs)] });

/** A VM of libvirt's. */
export const declaredVm: DeclaredKind<VmPort, "vm"> = {
  id: "vm",
  hasOwnMachine: true,
  isNamespace: false,
  runsServersPrograms: false,
  partsOf(server, stack, port, { identity, point, rxUsecs, neighbours, design }) {
    const { name, mac } = identity;
    const { memoryMiB, vcpus, initrd, vlan } = design;
    const links = [
      ...design.links,
      ...(port.guestModule === "vf" && rxUsecs !== undefined ? [holdingBack(rxUsecs)] : []),
    ];
    return {
      definition: {
        ...{ name, memoryMiB, vcpus, initrd, kernel: server.kernel, domainType: server.host.domainType },
        uuid: domainUuid(stack, server.role, name),
        kernelWords: kernelWords({ identity, module: port.guestModule, links, neighbours }),
        interfaceXml: port.interfaceXml(mac, point, vlan),
      },
      place: {},
    };
  },
};
