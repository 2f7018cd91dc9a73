import type { remote } from "@pulumi/command";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { componentTypes } from "../component-types.ts";
import type { Server } from "../host/server.ts";
import { layer } from "../layer.ts";
import { cpuMode, domainXml, xsltOf } from "./domain-xml.ts";
import type { Member } from "./member.ts";

export interface FleetArgs {
  server: Server;
  members: readonly Member[];
  /** The places of all endpoints of the server (slots.ts). */
  slots: remote.Command;
  /** What must be there before a VM of this fleet is started. */
  startAfter?: pulumi.Resource[];
  /** How many VMs are started side by side. */
  parallelStarts: number;
  /** Seconds within which all guests must answer; undefined: nobody waits for them. */
  readyWithinSeconds: number | undefined;
}

/**
 * Runs `body` with errors that have no stack trace. The SDK takes one for each of a domain's more than a hundred promises,
 * in case one is never settled: with 64 domains, most of a second before the first of them is registered.
 */
function withoutStackTraces<T>(body: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return body();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/**
 * Endpoints of one design on a server: the libvirt domains of VMs, and the proof that each answers. A fleet that grows, shrinks or
 * changes makes and removes the VMs that differ and touches no other. It is slots.sh that removes domains, before anything
 * that stands on the fleet: Pulumi deletes resources last, and a VM that is wanted no more must be gone before the next run.
 */
export class Fleet extends pulumi.ComponentResource {
  /** The last thing to be made: what needs the VMs depends on it. */
  readonly complete: pulumi.Resource[];

  constructor(name: string, args: FleetArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super(componentTypes.fleet, name, {}, opts);
    const { server, members, slots, startAfter = [] } = args;
    const domains: libvirt.Domain[] = [];
    for (const { definition, token } of members) {
      if (definition === null) continue; // all of it is its place
      // Each waits for the one that many places before it.
      const before = domains.at(-args.parallelStarts);
      const dependsOn = [slots, ...startAfter, ...(before ? [before] : [])];
      domains.push(withoutStackTraces(() => this.#domain(args, definition, token, dependsOn)));
    }
    this.complete = [slots, ...domains];
    if (args.readyWithinSeconds !== undefined && members.length > 0)
      this.complete = [
        layer(
          `${name}-ready`,
          {
            host: server.host,
            script: "ready.sh",
            variables: { SECONDS_LIMIT: args.readyWithinSeconds, BRIDGE: server.bridge, OWNER: server.owner },
            wanted: members.map(({ ready }) => ready).join("\n"),
            standsOn: [slots.id],
          },
          { parent: this, dependsOn: this.complete },
        ),
      ];
    this.registerOutputs({});
  }

  #domain(
    { server, slots }: FleetArgs,
    definition: NonNullable<Member["definition"]>,
    token: string,
    dependsOn: pulumi.Resource[],
  ) {
    const { name, domainType, memoryMiB, vcpus, kernel, initrd } = definition;
    // Slots that are made anew have removed the domain, so it is another one then.
    const xslt = slots.id.apply((id) => xsltOf(domainXml({ ...definition, token: `${id} ${token}` })));
    return new libvirt.Domain(
      `${server.role}-${name}`,
      {
        ...{ name, type: domainType, machine: "pc", memory: memoryMiB, vcpu: vcpus, kernel, initrd },
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
