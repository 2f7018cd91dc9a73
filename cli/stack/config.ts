import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { parseConfig } from "../../infra/config/load.ts";
import type { Config } from "../../infra/config/schema.ts";
import { LabError, messageOf } from "../../lib/errors.ts";

interface ProjectFile {
  name?: string;
  config?: Record<string, unknown>;
}

function readYaml(path: string): ProjectFile {
  try {
    return (parse(readFileSync(path, "utf8")) ?? {}) as ProjectFile;
  } catch (error) {
    throw new LabError(`${path} is not YAML: ${messageOf(error)}`, { exitCode: 2 });
  }
}

/** The name of the project in a folder. */
export const projectName = (folder: string): string => readYaml(join(folder, "Pulumi.yaml")).name ?? "";

/** The file that holds a stack's own configuration; the stack may be named ORGANIZATION/PROJECT/STACK. */
export const stackFile = (checkout: string, stack: string) =>
  join(checkout, `Pulumi.${stack.slice(stack.lastIndexOf("/") + 1)}.yaml`);

const isSecret = (value: unknown) => value !== null && typeof value === "object" && "secure" in value;

/** A value of a configuration as the engine stores it and hands it to the program: a text, which is JSON for a list or an object. */
export const configText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** In a project file, a value may stand under `value` beside its type; in a stack file a value is just that. */
const plain = (value: unknown) =>
  value !== null && typeof value === "object" && "value" in value ? (value as { value: unknown }).value : value;

/**
 * Reads a stack's configuration from its file and the project's, before any tool is needed, so that what is wrong in
 * it is said at once.
 * @returns undefined when this cannot be known from the files: the stack has none, or it has secrets
 * @throws LabError (exit code 2) that names every wrong key, its value and what is allowed
 */
export function readStackConfig(checkout: string, stack: string): Config | undefined {
  const file = stackFile(checkout, stack);
  if (!existsSync(file)) return undefined;
  const project = readYaml(join(checkout, "Pulumi.yaml"));
  const name = project.name ?? "";
  const defaults = Object.entries(project.config ?? {}).map(([key, value]) => [key, plain(value)] as const);
  const settings = Object.entries(readYaml(file).config ?? {});
  const raw: Record<string, string> = {};
  for (const [key, value] of [...defaults, ...settings]) {
    if (isSecret(value)) return undefined;
    if (value !== undefined && value !== null) raw[key.includes(":") ? key : `${name}:${key}`] = configText(value);
  }
  return parseConfig(raw, name, stack);
}

/** The same for a command that can do nothing without it. @throws LabError (exit code 2) that says why there is none */
export function requireStackConfig(checkout: string, stack: string): Config {
  const config = readStackConfig(checkout, stack);
  if (config) return config;
  const file = stackFile(checkout, stack);
  throw new LabError(
    existsSync(file)
      ? `${file} holds secrets, which only pulumi can read; put them into a file that the configuration names`
      : `${stack}: there is no file ${file}; copy one: cp Pulumi.sender.yaml ${basename(file)}`,
    { exitCode: 2 },
  );
}
