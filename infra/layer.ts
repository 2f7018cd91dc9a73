import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "./config/hosts.ts";
import { connectionTo } from "./connection.ts";
import { notDone, remoteCommand, remoteInput } from "./remote-script.ts";
import { shellScript } from "./server-script.ts";

export interface LayerArgs {
  host: Host;
  /** A script of infra/scripts that handles ACTION=create and delete, and with `wanted` ACTION=update. */
  script: string;
  /** What makes the layer another one: a change of them makes it anew. */
  variables: Record<string, string | number>;
  /**
   * What the layer is to hold, as WANTED: a change runs ACTION=update on the layer that stands, and the script brings what is
   * there to what is wanted. Undefined for a layer that holds nothing that changes.
   */
  wanted?: string;
  /** What is written on the server as the mark of this deployment. */
  token?: string;
  /** IDs of layers that this one stands on: when one of them is made anew, so is this one. */
  standsOn?: pulumi.Input<string>[];
}

/**
 * Something on a server that is made and put back by a script. It is made anew when its variables, its script, a layer
 * below it or the server's own memory of it (the token) changes. Another way to reach the server only runs it again.
 */
export function layer(name: string, args: LayerArgs, opts: pulumi.CustomResourceOptions): remote.Command {
  const { token: TOKEN, wanted: WANTED } = args;
  const identity = { ...args.variables, ...(TOKEN !== undefined && { TOKEN }) };
  const command = new remote.Command(
    name,
    {
      connection: connectionTo(args.host),
      create: remoteCommand("create"),
      ...(WANTED !== undefined && { update: remoteCommand("update") }),
      delete: remoteCommand("delete"),
      stdin: remoteInput(shellScript(args.script, { ...identity, ...(WANTED !== undefined && { WANTED }) })),
      triggers: [shellScript(args.script, identity), args.host.generation, ...(args.standsOn ?? [])],
      logging: remote.Logging.Stderr,
      addPreviousOutputInEnv: false,
    },
    { ...opts, deleteBeforeReplace: true },
  );
  command.stdout.apply((stdout) => {
    const failure = notDone(stdout);
    if (failure !== undefined) throw new pulumi.RunError(`${name}: ${failure}`);
  });
  return command;
}
