import { existsSync } from "node:fs";
import { basename } from "node:path";
import { LabError } from "../../lib/errors.ts";
import { checkout } from "../../lib/paths.ts";
import { runChild } from "../child.ts";
import { interruptible } from "../interrupt.ts";
import { progress } from "../progress.ts";
import { usesEmulatedServers } from "../setup/emulated-hosts.ts";
import { prepareGuestImage, usesOwnGuestImage } from "../setup/images.ts";
import { withCheckout } from "../setup/locks.ts";
import { preparePulumi } from "../setup/pulumi.ts";
import { requireServers } from "../setup/servers.ts";
import { reclaimState } from "../state/exported.ts";
import { whileHeld } from "../state/kept.ts";
import { backendVariables, isInBucket } from "../state/remembered.ts";
import { withServersInReach } from "./around-pulumi.ts";
import { readStackConfig, stackFile } from "./config.ts";
import { mendingOnce, mendingText } from "./mending.ts";

export type StackCommand = "up" | "preview" | "refresh" | "destroy";

export interface StackOptions {
  yes?: true;
}

/** pulumi has ended with another status than 0, and said why itself. */
class EndedWith extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`pulumi ended with ${status}`);
    this.status = status;
  }
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

    return withServersInReach({ ...variables, ...backendVariables(stack) }, (env) =>
      interruptible((asked) =>
        whileHeld(stack, asked, progress.say, async ({ interruption }) => {
          const pulumi = (...words: string[]) =>
            runChild("pulumi", words, { cwd: checkout, env, stdin: "inherit", interruption });
          const create = existsSync(stackFile(checkout, stack)) && command !== "destroy" ? ["--create"] : [];
          if ((await pulumi("stack", "select", stack, ...create)) !== 0)
            throw new LabError(
              `there is no stack ${stack} and no file ${stackFile(checkout, stack)} to make it from; copy one: cp Pulumi.sender.yaml ${basename(stackFile(checkout, stack))}`,
              { exitCode: 2 },
            );
          interruption.asked.throwIfAborted();
          if (isInBucket(stack) && command !== "preview") await reclaimState(stack, env);
          const yes = command !== "preview" && (options.yes || !process.stdin.isTTY) ? ["--yes"] : [];
          const run = async () => {
            const result = await pulumi(command, "--stack", stack, ...yes, ...args);
            interruption.asked.throwIfAborted();
            if (result !== 0) throw new EndedWith(result);
          };
          const mending = () =>
            mendingOnce(
              {
                ...{ stack, asked: interruption.asked },
                resultsDirectory: readStackConfig(checkout, stack)?.resultsDirectory,
              },
              run,
              (refusals) => progress.say(mendingText(refusals)),
            );
          return (command === "up" ? mending() : run()).then(
            () => 0,
            (error: unknown) => {
              if (error instanceof EndedWith) return error.status;
              throw error;
            },
          );
        }),
      ),
    );
  });
  if (status !== 0) process.exitCode = 1;
}
