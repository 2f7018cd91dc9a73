import { chmod, mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { sha256 } from "../../lib/canonical.ts";
import { cacheDir, checkout, labDir } from "../../lib/paths.ts";
import type { Progress } from "../../lib/progress.ts";
import { publishFile } from "../../lib/publish.ts";
import { shellQuote } from "../../lib/ssh/quote.ts";
import { ensureEngine } from "../../tools/engine/ensure.ts";
import { enginePackages, ensurePackages } from "./packages.ts";

/** Where stacks are kept when the user has chosen no other Pulumi backend: in the checkout. */
const stateDir = join(labDir, "state");

const ownBackendUrl = pathToFileURL(stateDir).href;

/** Where Pulumi keeps the stacks. @param user the environment that the user has set */
export const backendUrlOf = (user: NodeJS.ProcessEnv): string => user.PULUMI_BACKEND_URL ?? ownBackendUrl;

/** Whether the user has chosen a Pulumi backend; what `./lab env` has put into the environment is no choice. */
export const hasChosenBackend = (user: NodeJS.ProcessEnv): boolean => backendUrlOf(user) !== ownBackendUrl;

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
    PULUMI_BACKEND_URL: backendUrlOf(user),
    ...(user.PULUMI_CONFIG_PASSPHRASE_FILE === undefined && {
      PULUMI_CONFIG_PASSPHRASE: user.PULUMI_CONFIG_PASSPHRASE ?? "",
    }),
  };
}

/** Gets the engine and what it needs. @returns the variables to run `pulumi` with */
export async function preparePulumi(progress: Progress): Promise<Record<string, string>> {
  await ensurePackages(enginePackages, progress);
  const engine = await ensureEngine({ cache: cacheDir(), progress });
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  await chmod(stateDir, 0o700);
  return pulumiVariables(engine.env, process.env);
}

/**
 * The same variables for a shell, in which `pulumi` is to be ./lab pulumi: a script that is found before the engine. It lies
 * among the engines of this project, where no engine is looked for.
 */
export async function withLauncher(variables: Record<string, string>): Promise<Record<string, string>> {
  const folder = join(cacheDir(), "engine", `launcher-${sha256(checkout).slice(0, 16)}`);
  const text = `#!/bin/sh\nexec ${shellQuote(join(checkout, "lab"))} pulumi "$@"\n`;
  await publishFile(join(folder, "pulumi"), text, 0o755);
  return { ...variables, PATH: [folder, variables.PATH ?? ""].join(delimiter) };
}
