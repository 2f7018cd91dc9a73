import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { canonicalJson } from "../../lib/canonical.ts";
import type { Role } from "../../lib/roles.ts";
import { componentTypes } from "../component-types.ts";
import type { Host } from "../config/hosts.ts";
import { type LoadRequest, loadProgram, type ServerLoad } from "./request.ts";

export interface LoadArgs {
  /** The servers that have background VMs. */
  servers: Partial<Record<Role, ServerLoad & { host: Host }>>;
  /** Change when a fleet is made anew. */
  standsOn: pulumi.Input<string>[];
}

/**
 * What background VMs do. Started when all of them answer and verified to run; ended before they go. It is started again
 * when a VM is another one, when it is to do something else, or when a server does not remember it.
 */
export class Load extends pulumi.ComponentResource {
  /** What was seen of it when it was started: a line of JSON. */
  readonly seen: pulumi.Output<string>;
  readonly complete: pulumi.Resource[];

  constructor(name: string, args: LoadArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super(componentTypes.load, name, {}, opts);
    const request: LoadRequest = args.servers;
    const identity = Object.entries(args.servers).map(([role, { host, owner: _, ...rest }]) => [
      role,
      host.generation,
      rest,
    ]);
    const command = new local.Command(
      `${name}-running`,
      {
        // Local commands run in the program's folder.
        create: "node load/apply.ts start",
        update: ":",
        delete: "node load/apply.ts stop",
        environment: loadProgram.environment(request),
        triggers: [canonicalJson(identity), ...args.standsOn],
        logging: local.Logging.Stderr,
        addPreviousOutputInEnv: false,
      },
      { parent: this, deleteBeforeReplace: true },
    );
    this.seen = command.stdout;
    this.complete = [command];
    this.registerOutputs({ seen: this.seen });
  }
}
