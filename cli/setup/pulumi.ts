import { mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { cacheDir, labDir } from "../../lib/paths.ts";
import type { Progress } from "../../lib/progress.ts";
import { ensureEngine } from "../../tools/engine/ensure.ts";
import { enginePackages, ensurePackages } from "./packages.ts";

/** Where stacks are kept when the user has chosen no other Pulumi backend: in the checkout. */
export const stateDir = join(labDir, "state");

/**
 * The variables with which plain `pulumi` works in this checkout, and nothing but those. What the user has set wins:
 * any backend, any passphrase.
 * @param engine what the engine wants, PATH included
 */
export function pulumiVariables(engine: Record<string, string>, user: NodeJS.ProcessEnv): Record<string, string> {
  const path = new Set((engine.PATH ?? user.PATH ?? "").split(delimiter).filter(Boolean));
  return {
    ...engine,
    PATH: [...path].join(delimiter),
    PULUMI_BACKEND_URL: user.PULUMI_BACKEND_URL ?? `file://${stateDir}`,
    ...(user.PULUMI_CONFIG_PASSPHRASE_FILE === undefined && {
      PULUMI_CONFIG_PASSPHRASE: user.PULUMI_CONFIG_PASSPHRASE ?? "",
    }),
  };
}

/** Gets the engine and what it needs. @returns the variables to run `pulumi` with */
export async function preparePulumi(progress: Progress): Promise<Record<string, string>> {
  await ensurePackages(enginePackages, progress);
  const engine = await ensureEngine({ cache: cacheDir(), progress });
  await mkdir(stateDir, { recursive: true });
  return pulumiVariables(engine.env, process.env);
}
