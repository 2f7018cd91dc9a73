import { existsSync } from "node:fs";
import { basename } from "node:path";
import { LabError } from "../../lib/errors.ts";
import { checkout } from "../../lib/paths.ts";
import { runChild } from "../child.ts";
import { interruptible } from "../interrupt.ts";
import { progress } from "../progress.ts";
import { prepareGuestImage, usesOwnGuestImage } from "../setup/images.ts";
import { withCheckout } from "../setup/locks.ts";
import { preparePulumi } from "../setup/pulumi.ts";
import { requireServers, usesEmulatedServers } from "../setup/servers.ts";
import { withServersInReach } from "./around-pulumi.ts";
import { readStackConfig, stackFile } from "./config.ts";
import { mendableRefusals, mendingText } from "./mending.ts";

export type StackCommand = "up" | "preview" | "refresh" | "destroy";

export interface StackOptions {
  yes?: true;
}

/** `-c KEY=VALUE` of pulumi changes the configuration that the files hold. */
const changesConfig = (args: readonly string[]) =>
  args.some((arg) => arg.startsWith("--config") || (arg.startsWith("-c") && !arg.startsWith("--")));

/**
 * Runs a Pulumi command on a stack with everything it needs: its configuration is checked, engine and guest image are
 * there, and the servers answer. An `up` is run once more where a run was refused because of what it makes anew.
 * @param args for pulumi, as they are
 */
export async function runOnStack(command: StackCommand, stack: string, args: string[], options: StackOptions) {
  const config = changesConfig(args) ? undefined : readStackConfig(checkout, stack);
  const status = await withCheckout(progress, async () => {
    const variables = await preparePulumi(progress);
    if (config && usesEmulatedServers(config)) await requireServers(stack);
    if (config && usesOwnGuestImage(config) && command !== "destroy") await prepareGuestImage(progress);

    return withServersInReach(variables, (env) =>
      interruptible(async (interruption) => {
        const pulumi = (...words: string[]) =>
          runChild("pulumi", words, { cwd: checkout, env, stdin: "inherit", interruption });
        const create = existsSync(stackFile(checkout, stack)) && command !== "destroy" ? ["--create"] : [];
        if ((await pulumi("stack", "select", stack, ...create)) !== 0)
          throw new LabError(
            `there is no stack ${stack} and no file ${stackFile(checkout, stack)} to make it from; copy one: cp Pulumi.sender.yaml ${basename(stackFile(checkout, stack))}`,
            { exitCode: 2 },
          );
        interruption.asked.throwIfAborted();
        const yes = command !== "preview" && (options.yes || !process.stdin.isTTY) ? ["--yes"] : [];
        const run = async () => {
          const result = await pulumi(command, "--stack", stack, ...yes, ...args);
          interruption.asked.throwIfAborted();
          return result;
        };
        const begun = new Date();
        const result = await run();
        if (command !== "up" || result === 0) return result;
        const refusals = mendableRefusals(stack, readStackConfig(checkout, stack)?.resultsDirectory, begun);
        if (refusals.length === 0) return result;
        progress.say(mendingText(refusals));
        return run();
      }),
    );
  });
  if (status !== 0) process.exitCode = 1;
}
