import { relative } from "node:path";
import { checkout } from "../../lib/paths.ts";
import { runChild } from "../child.ts";
import { interruptible } from "../interrupt.ts";
import { progress } from "../progress.ts";
import { withCheckout } from "../setup/locks.ts";
import { preparePulumi } from "../setup/pulumi.ts";
import { withProtectedState, withServersInReach } from "./around-pulumi.ts";

/** Commands of pulumi, under all their names, whose providers go to the servers. */
const operations = new Set([
  ...["up", "update", "preview", "pre", "destroy", "down", "dn", "refresh", "import", "watch"],
]);

/** Whether pulumi with these arguments may go to the servers; a word too many only means to wait for this checkout. */
export const goesToServers = (args: readonly string[]): boolean => args.some((arg) => operations.has(arg));

/** Where pulumi is run: where the user is, if that is in this checkout. */
const folder = () => (relative(checkout, process.cwd()).startsWith("..") ? checkout : process.cwd());

/**
 * Runs pulumi as it is called, with all it needs.
 * @returns its exit status
 */
export async function runPulumi(args: readonly string[]): Promise<number> {
  const variables = await preparePulumi(progress);
  const run = (env: Record<string, string>) =>
    interruptible((interruption) => runChild("pulumi", args, { cwd: folder(), env, stdin: "inherit", interruption }));
  return goesToServers(args)
    ? withCheckout(progress, () => withServersInReach(variables, run))
    : withProtectedState(variables, () => run(variables));
}
