import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { canonicalJson, sha256 } from "../../lib/canonical.ts";
import type { Server } from "../host/server.ts";
import { layer } from "../layer.ts";
import { vfInterface, vfPlaceOf } from "../plan/placement.ts";
import { domainUuid, type Identity, identityOf, vfMacOf } from "./addresses.ts";
import { type AttachmentPoint, attachment } from "./attachment.ts";
import { cpuMode, domainXml, xsltOf } from "./domain-xml.ts";
import { capabilities, type Driver } from "./drivers.ts";
import { kernelWords } from "./kernel-words.ts";

export interface FleetArgs {
  server: Server;
  stack: string;
  /** Which deployment of equal ones this is: another one has VMs of its own, for it and no packet is what is repeated. */
  replicate: number;
  /** Which VMs these are, by their index on the server: 0 is the Main VM, 1 and above are background VMs. */
  indices: readonly number[];
  driver: Driver;
  /** VLAN that the NIC puts their VFs into; 0: none. */
  vlan: number;
  memoryMiB: number;
  vcpus: number;
  /** Where the server has their initramfs. */
  initrd: string;
  /** Guests whose MAC address a VM knows without asking. */
  neighboursOf: (index: number) => Pick<Identity, "ip" | "mac">[];
  /** What must be there before a VM of this fleet is started; VMs that are wanted no more do not wait for it to go. */
  startAfter?: pulumi.Resource[];
  /** How many VMs are started side by side. */
  parallelStarts: number;
  /** Seconds within which all guests must answer; undefined: nobody waits for them. */
  readyWithinSeconds: number | undefined;
}

/** One VM of a fleet, all of it decided before anything is made. */
interface Member {
  identity: Identity;
  /** Of this deployment of the VM; a VM of another design has another one. */
  token: string;
  /** Its line for slots.sh. */
  slot: string;
  interfaceXml: string;
  kernelWords: string[];
}

const onOff = (value: boolean | undefined) => (value === undefined ? "-" : value ? "on" : "off");

function attachedTo(args: FleetArgs, index: number): { point: AttachmentPoint; fields: string[] } {
  const { server, driver, vlan } = args;
  const { pfs } = server.host;
  const { mac } = identityOf(server.role, index);
  if (capabilities[driver].attachesTo === "bridge")
    return {
      point: { bridge: server.bridge },
      fields: ["bridge", pfs[0]?.name ?? "-", "-", "-", "-", mac, "-", "-", "-", "0"],
    };
  const place = vfPlaceOf(pfs, index);
  const pf = pfs[place.pf]?.name ?? "";
  const pci = server.vfAddress(pf, place.vf);
  const netdev = vfInterface(place);
  const rights = capabilities[driver].vf;
  // Only a VM that has a VF to itself lends it its own address.
  const vfMac = rights === null ? mac : vfMacOf(server.role, index);
  return {
    point: { vf: { pci, netdev } },
    fields: [
      ...["vf", pf, String(place.vf), netdev, pci, mac, vfMac],
      ...[onOff(rights?.trust), onOff(rights?.spoofCheck), String(vlan)],
    ],
  };
}

function memberOf(args: FleetArgs, index: number): Member {
  const { server, driver } = args;
  const identity = identityOf(server.role, index);
  const { point, fields } = attachedTo(args, index);
  const interfaceXml = attachment(driver, identity.mac, point);
  const words = kernelWords({
    identity,
    module: capabilities[driver].guestModule,
    neighbours: args.neighboursOf(index),
  });
  const { memoryMiB, vcpus, initrd, replicate } = args;
  const design = { memoryMiB, vcpus, initrd, replicate, kernel: server.kernel, interfaceXml, words, fields };
  const token = server.token(`vm-${identity.name}`, `-${sha256(canonicalJson(design)).slice(0, 12)}`);
  return { identity, token, slot: [identity.name, token, ...fields].join(" "), interfaceXml, kernelWords: words };
}

/**
 * VMs of one kind on a server, in three steps: their slots (no old domain in the way, VFs or bridge entries made ready),
 * their libvirt domains, and the proof that the guests answer. A fleet that grows, shrinks or changes makes and removes
 * the VMs that differ and touches no other. Slots are changed before anything that stands on the fleet, so a VM that is
 * wanted no more is gone before the next run, although Pulumi deletes resources last.
 */
export class Fleet extends pulumi.ComponentResource {
  /** Name and token of each VM, in the order of the indices: what stands on the fleet changes with them. */
  readonly deployments: readonly { name: string; token: string }[];
  /** Changes when all VMs are made anew. */
  readonly slotsId: pulumi.Output<string>;
  /** The last thing to be made: what needs the VMs depends on it. */
  readonly complete: pulumi.Resource[];

  constructor(name: string, args: FleetArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("sriov-rtt:vm:Fleet", name, {}, opts);
    const { server } = args;
    const members = args.indices.map((index) => memberOf(args, index));
    const slots = layer(
      `${name}-slots`,
      {
        host: server.host,
        script: "slots.sh",
        variables: { FLEET: name, PREFIX: name.endsWith("main") ? "rtt-main$" : "rtt-bg-" },
        wanted: members.map(({ slot }) => slot).join("\n"),
        standsOn: server.layers,
      },
      { parent: this, dependsOn: server.complete },
    );
    const domains: libvirt.Domain[] = [];
    for (const member of members) {
      // Each waits for the one that many places before it.
      const before = domains.at(-args.parallelStarts);
      const dependsOn = [slots, ...(args.startAfter ?? []), ...(before ? [before] : [])];
      domains.push(this.#domain(args, member, slots.id, dependsOn));
    }
    this.deployments = members.map(({ identity, token }) => ({ name: identity.name, token }));
    this.slotsId = slots.id;
    this.complete = [slots, ...domains];
    if (args.readyWithinSeconds !== undefined && members.length > 0)
      this.complete = [
        layer(
          `${name}-ready`,
          {
            host: server.host,
            script: "ready.sh",
            variables: { SECONDS_LIMIT: args.readyWithinSeconds },
            wanted: this.deployments.map(({ name, token }) => `${name} ${token}`).join("\n"),
            standsOn: [slots.id],
          },
          { parent: this, dependsOn: this.complete },
        ),
      ];
    this.registerOutputs({});
  }

  #domain(args: FleetArgs, member: Member, slotsId: pulumi.Output<string>, dependsOn: pulumi.Resource[]) {
    const { server, memoryMiB, vcpus, initrd } = args;
    const { name } = member.identity;
    const { domainType } = server.host;
    const { kernel } = server;
    const xslt = slotsId.apply((id) =>
      xsltOf(
        domainXml({
          ...{ name, domainType, memoryMiB, vcpus, kernel, initrd },
          uuid: domainUuid(args.stack, server.role, name),
          kernelWords: member.kernelWords,
          interfaceXml: member.interfaceXml,
          token: `${id} ${member.token}`,
        }),
      ),
    );
    return new libvirt.Domain(
      `${server.role}-${name}`,
      {
        name,
        type: domainType,
        machine: "pc",
        memory: memoryMiB,
        vcpu: vcpus,
        kernel,
        initrd,
        cpu: { mode: cpuMode[domainType] },
        xml: { xslt },
      },
      {
        parent: this,
        provider: server.libvirt,
        dependsOn,
        deleteBeforeReplace: true,
        // The provider's own delete fails on a domain that is gone; slots.sh removes domains.
        retainOnDelete: true,
        replaceOnChanges: ["kernel", "initrd"],
        // The provider reads these back from the definition that the stylesheet made; they are not declared twice.
        ignoreChanges: ["networkInterfaces", "cmdlines", "running", "description", "machine"],
      },
    );
  }
}
