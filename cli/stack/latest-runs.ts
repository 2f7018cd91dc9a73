import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { LabError } from "../../lib/errors.ts";
import { checkout } from "../../lib/paths.ts";
import { progress } from "../progress.ts";
import { preparePulumi } from "../setup/pulumi.ts";
import { stackFile } from "./config.ts";

const outputSchema = z.array(z.object({ directory: z.string() }));

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
  return outputSchema.parse(JSON.parse(stdout)).map(({ directory }) => resolve(checkout, directory));
}
