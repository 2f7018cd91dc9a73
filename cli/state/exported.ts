import { join } from "node:path";
import { type ExecaError, execa } from "execa";
import { rememberedTargets } from "../../infra/gateway/remembered.ts";
import { LabError } from "../../lib/errors.ts";
import { checkout, labDir } from "../../lib/paths.ts";
import { adopted } from "./adopted.ts";

/** Runs a command of pulumi that reads or writes a stack's state. No file is written in which its secrets would stand. */
async function pulumi(what: string, words: string[], stack: string, env: Record<string, string>, input = "") {
  try {
    const args = [...words, "--stack", stack, "--non-interactive", "--color", "never"];
    return (await execa("pulumi", args, { cwd: checkout, env, input })).stdout;
  } catch (error) {
    const { stderr, shortMessage } = error as ExecaError;
    throw new LabError(
      `stack ${stack}: ${what}: ${String(stderr).trim() || shortMessage}\nIts passphrase is that of the machine that made it (PULUMI_CONFIG_PASSPHRASE)`,
      { cause: error },
    );
  }
}

/** A stack's state with its secrets in plain text. @throws LabError with what pulumi says */
export const exportState = async (stack: string, env: Record<string, string>): Promise<unknown> =>
  JSON.parse(await pulumi("its state cannot be read", ["stack", "export", "--show-secrets"], stack, env));

/** Puts another state in its place. Its secrets are encrypted again. @throws LabError with what pulumi says */
export async function importState(stack: string, env: Record<string, string>, state: unknown): Promise<void> {
  await pulumi("its state cannot be written", ["stack", "import"], stack, env, JSON.stringify(state));
}

/**
 * Takes a state of this checkout back that another machine had made its own, to take down what it tells of, and had not ended that.
 * @param stack one that is kept in a bucket
 */
export async function reclaimState(stack: string, env: Record<string, string>): Promise<void> {
  const targets = rememberedTargets(join(labDir, "servers")).map(({ target }) => target);
  const { deployment, isChanged } = adopted(await exportState(stack, env), targets);
  if (isChanged) await importState(stack, env, deployment);
}
