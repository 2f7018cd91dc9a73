import { relative } from "node:path";
import { checkout } from "../../lib/paths.ts";
import { runChild } from "../child.ts";
import { type Interruption, interruptible } from "../interrupt.ts";
import { progress } from "../progress.ts";
import { withCheckout } from "../setup/locks.ts";
import { preparePulumi } from "../setup/pulumi.ts";
import { whileHeld } from "../state/kept.ts";
import { backendVariables } from "../state/remembered.ts";
import { withProtectedState, withServersInReach } from "./around-pulumi.ts";

/** Commands of pulumi, under all their names, whose providers go to the servers. */
const operations = new Set([
  ...["up", "update", "preview", "pre", "destroy", "down", "dn", "refresh", "import", "watch"],
]);

/** Whether pulumi with these arguments may go to the servers; a word too many only means to wait for this checkout. */
export const goesToServers = (args: readonly string[]): boolean => args.some((arg) => operations.has(arg));

const namesStack = (arg: string) => /^(-s|--stack)(=|$)/.test(arg);

/** What pulumi does not say of its configuration; null where there is nothing to say. */
export function adviceAfter(args: readonly string[], exitStatus: number): string | null {
  if (args.find((arg) => !arg.startsWith("-")) !== "config") return null;
  if (exitStatus === 0)
    return args.some((arg) => ["set", "set-all", "rm"].includes(arg))
      ? "pulumi stores any key and any value: ./lab up STACK checks them, before anything is changed (docs/configuration.md)"
      : null;
  return args.some(namesStack)
    ? "a stack is there from its first ./lab up STACK or ./lab pulumi stack init STACK on"
    : "a configuration is a stack's: name the stack (--stack NAME), and make it before (./lab pulumi stack init NAME)";
}

/** Where pulumi is run: where the user is, if that is in this checkout. */
const folder = () => (relative(checkout, process.cwd()).startsWith("..") ? checkout : process.cwd());

/** The stack that pulumi's arguments name by an option. */
export function namedStack(args: readonly string[]): string | undefined {
  for (const [index, arg] of args.entries()) {
    if (arg === "--stack" || arg === "-s") return args[index + 1];
    const [, attached] = /^(?:--stack=|-s=?)(.+)$/.exec(arg) ?? [];
    if (attached !== undefined) return attached;
  }
  return undefined;
}

/**
 * Runs pulumi as it is called, with all it needs.
 * @returns its exit status
 */
export async function runPulumi(args: readonly string[]): Promise<number> {
  const stack = namedStack(args) ?? "";
  const variables = { ...(await preparePulumi(progress)), ...backendVariables(stack) };
  const run = (env: Record<string, string>, interruption: Interruption) =>
    runChild("pulumi", args, { cwd: folder(), env, stdin: "inherit", interruption });
  const runHeld = (env: Record<string, string>, asked: Interruption) =>
    whileHeld(stack, asked, progress.say, ({ interruption }) => run(env, interruption));
  const status = await (goesToServers(args)
    ? withCheckout(progress, () =>
        withServersInReach(variables, (env) => interruptible((asked) => runHeld(env, asked))),
      )
    : withProtectedState(variables, () => interruptible((asked) => run(variables, asked))));
  const advice = adviceAfter(args, status);
  if (advice !== null) progress.say(`lab: ${advice}`);
  return status;
}
