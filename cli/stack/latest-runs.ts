import { existsSync } from "node:fs";
import { execa } from "execa";
import { LabError } from "../../lib/errors.ts";
import { checkout } from "../../lib/paths.ts";
import { progress } from "../progress.ts";
import { preparePulumi } from "../setup/pulumi.ts";
import { stackFile } from "./config.ts";
import { foldersOfRuns } from "./run-folders.ts";

/**
 * Folders of the runs that a stack has measured last, from its state.
 * @returns undefined when there is no such stack in this checkout
 * @throws LabError when its state cannot be read
 */
export async function latestRuns(stack: string): Promise<string[] | undefined> {
  if (!/^[\w./-]+$/.test(stack) || !existsSync(stackFile(checkout, stack))) return undefined;
  const env = await preparePulumi(progress);
  const { exitCode, stdout, stderr } = await execa("pulumi", ["stack", "output", "runs", "--json", "--stack", stack], {
    cwd: checkout,
    env,
    reject: false,
  });
  if (exitCode !== 0)
    throw new LabError(
      `stack ${stack} has no runs; ./lab up ${stack} measures them: ${stderr.trim() || "pulumi failed"}`,
    );
  return foldersOfRuns(JSON.parse(stdout));
}
