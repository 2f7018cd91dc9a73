import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { canonicalJson, sha256 } from "../../lib/canonical.ts";
import type { Server } from "../host/server.ts";
import { layer, tokenOf } from "../layer.ts";
import { domainUuid, type Identity, vfMacOf } from "./addresses.ts";
import { type AttachmentPoint, attachment } from "./attachment.ts";
import { domainXml, xsltOf } from "./domain-xml.ts";
import { capabilities, type Driver } from "./drivers.ts";
import { kernelWords } from "./kernel-words.ts";

export interface VmArgs {
  server: Server;
  stack: string;
  driver: Driver;
  identity: Identity;
  /** The VF that is this VM's where the driver needs one. */
  vf: number;
  memoryMiB: number;
  vcpus: number;
  /** Guests whose MAC address it knows without asking. */
  neighbours: Pick<Identity, "ip" | "mac">[];
  /** Seconds within which the guest must answer. */
  readyWithinSeconds: number;
}

/** What slot.sh tells: where the VM is attached, and for a VF its own driver. */
type Slot = { bridge: string } | { vf: { pci: string; netdev: string; driver: string } };

function definition(args: VmArgs, slot: Slot, token: string): string {
  const { driver, identity, server } = args;
  const vfModule = "vf" in slot ? slot.vf.driver : "";
  const { guestModule } = capabilities[driver];
  const module = guestModule === "vf" ? vfModule : guestModule;
  const point: AttachmentPoint = slot;
  return domainXml({
    name: identity.name,
    uuid: domainUuid(args.stack, server.role, identity.name),
    memoryMiB: args.memoryMiB,
    vcpus: args.vcpus,
    kernel: server.kernel,
    initrd: server.initrd,
    kernelWords: kernelWords({ identity, modules: [module], neighbours: args.neighbours }),
    interfaceXml: attachment(driver, identity.mac, point),
    token,
  });
}

/**
 * A VM on a server, in three steps: its slot (no old domain in the way, its VF or bridge entry made ready), its libvirt
 * domain, and the proof that the guest answers. The slot, not the provider, removes the domain: it can do so whatever
 * state an interrupted update or a reboot left, where the provider's own delete fails on a domain that is gone and its
 * create fails on one that is there.
 */
export class Vm extends pulumi.ComponentResource {
  /** Resolves when the guest has answered. */
  readonly ready: pulumi.Output<string>;

  constructor(name: string, args: VmArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("sriov-rtt:vm:Vm", name, {}, opts);
    const { server, identity, driver } = args;
    const pf = server.host.pfs[0]?.name ?? "";
    const mark = `vm-${identity.name}`;
    const token = tokenOf(server.observed, mark);
    const onVf = capabilities[driver].attachesTo === "vf";
    const rights = capabilities[driver].vf;
    const onOff = (value: boolean | undefined) => (value === undefined ? "" : value ? "on" : "off");
    // Only a VM that has a VF to itself lends it its own address.
    const vfMac = rights === null ? identity.mac : vfMacOf(server.role, args.vf);

    // Everything that the definition says and the slot does not: a VM with another definition needs its slot cleared.
    const { memoryMiB, vcpus, neighbours } = args;
    const { kernel, initrd } = server;
    const design = sha256(canonicalJson({ driver, identity, memoryMiB, vcpus, neighbours, kernel, initrd }));

    const slot = layer(
      `${name}-slot`,
      {
        host: server.host,
        script: "slot.sh",
        variables: {
          NAME: identity.name,
          KIND: onVf ? "vf" : "bridge",
          PF: pf,
          BRIDGE: server.bridge,
          MAC: identity.mac,
          VF: onVf ? args.vf : "",
          VF_MAC: onVf ? vfMac : "",
          VF_TRUST: onOff(rights?.trust),
          VF_SPOOFCHK: onOff(rights?.spoofCheck),
          DESIGN: design,
        },
        token,
        standsOn: server.layers,
        tellsAgain: true,
      },
      { parent: this, dependsOn: server.complete },
    );
    const xslt = pulumi
      .all([slot.stdout, slot.id])
      .apply(([stdout, id]) => xsltOf(definition(args, JSON.parse(stdout) as Slot, id)));
    const domain = new libvirt.Domain(
      `${name}-domain`,
      {
        name: identity.name,
        type: "kvm",
        machine: "pc",
        memory: args.memoryMiB,
        vcpu: args.vcpus,
        kernel: server.kernel,
        initrd: server.initrd,
        cpu: { mode: "host-passthrough" },
        xml: { xslt },
      },
      {
        parent: this,
        provider: server.libvirt,
        dependsOn: [slot],
        deleteBeforeReplace: true,
        retainOnDelete: true,
        replaceOnChanges: ["kernel", "initrd"],
        // The provider reads these back from the definition that the stylesheet made; they are not declared twice.
        ignoreChanges: ["networkInterfaces", "cmdlines", "running", "description", "machine"],
      },
    );
    const ready = layer(
      `${name}-ready`,
      {
        host: server.host,
        script: "ready.sh",
        variables: { NAME: identity.name, SECONDS_LIMIT: args.readyWithinSeconds },
        token,
        standsOn: [slot.id, domain.id],
      },
      { parent: this },
    );
    this.ready = ready.stdout;
    this.registerOutputs({ ready: this.ready });
  }
}
