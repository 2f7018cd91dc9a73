import { local, type remote } from "@pulumi/command";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import type { Role } from "../../lib/roles.ts";
import { componentTypes } from "../component-types.ts";
import type { GuestImage } from "../config/guest-image.ts";
import type { Host } from "../config/hosts.ts";
import { libvirtUri } from "../gateway/sockets.ts";
import { layer } from "../layer.ts";
import { layerNames } from "../layer-names.ts";
import type { TokenSource } from "../observe.ts";
import { bridgeName } from "../plan/placement.ts";
import { imageOnServer, putImageProgram } from "./put-image.ts";

export interface ServerArgs {
  /** Which pair of servers it is of. */
  pair: number;
  role: Role;
  host: Host;
  /** Who takes the server: the stack, the machine and the checkout it is deployed from. */
  owner: string;
  guestImage: GuestImage;
  /** Gives layers their tokens (see observe.ts). */
  token: TokenSource;
  /** Where a VF of a PF is, also before it exists. */
  vfAddress: (pf: string, vf: number) => string;
}

/** The guest image on the server, brought by a local command. */
function imageCommand(parent: pulumi.Resource, name: string, args: ServerArgs, lease: pulumi.Resource): local.Command {
  const { role, host, owner, guestImage: image } = args;
  const token = args.token(`image-${image.sha256}`);
  return new local.Command(
    `${name}-image`,
    {
      // Local commands run in the program's folder.
      create: "node ../infra/host/put-image.ts put",
      update: ":",
      delete: "node ../infra/host/put-image.ts drop",
      addPreviousOutputInEnv: false,
      environment: putImageProgram.environment({ role, host, image, token, owner }),
      triggers: [image.sha256, host.generation, token],
    },
    { parent, deleteBeforeReplace: true, dependsOn: [lease] },
  );
}

/** The virtual functions of each physical one. */
const nicLayers = (
  parent: pulumi.Resource,
  name: string,
  { host, owner, token }: ServerArgs,
  lease: remote.Command,
): remote.Command[] =>
  host.pfs.map((pf) =>
    layer(
      `${name}-nic-${pf.name}`,
      {
        host,
        script: "nic.sh",
        variables: { PF: pf.name, VFS: pf.vfs, BRIDGE: bridgeName, OWNER: owner },
        token: token(layerNames.nic(pf.name)),
        standsOn: [lease.id],
      },
      { parent },
    ),
  );

/** The bridge over the first physical function. */
const bridgeLayer = (
  parent: pulumi.Resource,
  name: string,
  { host, owner, token }: ServerArgs,
  nics: remote.Command[],
): remote.Command =>
  layer(
    `${name}-bridge`,
    {
      host,
      script: "bridge.sh",
      variables: { BRIDGE: bridgeName, PF: host.pfs[0]?.name ?? "", OWNER: owner },
      token: token(layerNames.bridge(bridgeName)),
      standsOn: nics.map(({ id }) => id),
    },
    { parent },
  );

/**
 * A KVM server made ready for VMs: leased, with the guest image, the NIC's virtual functions and a bridge over the NIC.
 * All drivers find the same server, so that a change of driver changes the VMs and nothing below them.
 */
export class Server extends pulumi.ComponentResource {
  readonly pair: number;
  readonly role: Role;
  readonly host: Host;
  readonly owner: string;
  readonly bridge = bridgeName;
  /** libvirt on this server. */
  readonly libvirt: libvirt.Provider;
  /** Where the server has the guests' kernel and initramfs. */
  readonly kernel: string;
  /** For Main VMs, and with stress-ng and iperf for background VMs. */
  readonly initrd: string;
  readonly loadInitrd: string;
  /** IDs of the layers a VM stands on. */
  readonly layers: pulumi.Output<string>[];
  readonly token: TokenSource;
  readonly vfAddress: ServerArgs["vfAddress"];
  /** The last thing to be made: what needs a whole server depends on it. */
  readonly complete: pulumi.Resource[];

  constructor(name: string, args: ServerArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super(componentTypes.server, name, {}, opts);
    const { role, host, token } = args;
    const lease = layer(
      `${name}-lease`,
      { host, script: "lease.sh", variables: { OWNER: args.owner }, token: token("lease") },
      { parent: this },
    );
    const image = imageCommand(this, name, args, lease);
    const nics = nicLayers(this, name, args, lease);
    const bridge = bridgeLayer(this, name, args, nics);

    this.pair = args.pair;
    this.role = role;
    this.host = host;
    this.owner = args.owner;
    this.libvirt = new libvirt.Provider(`${name}-libvirt`, { uri: libvirtUri(host) }, { parent: this });
    const { kernel, initrd, loadInitrd } = imageOnServer(args.guestImage.sha256);
    this.kernel = kernel;
    this.initrd = initrd;
    this.loadInitrd = loadInitrd;
    this.layers = [bridge.id];
    this.complete = [image, bridge];
    this.token = token;
    this.vfAddress = args.vfAddress;
    this.registerOutputs({});
  }
}
