import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { z } from "zod";
import { LabError, messageOf } from "../../lib/errors.ts";
import { roles } from "../../lib/roles.ts";
import { endpointSchema } from "../../lib/ssh/target.ts";
import { orderSchema } from "../../measure/results/order.ts";
import { factorProblems } from "../../study/factors.ts";
import { type Problem, problemLine } from "../../study/problem.ts";
import { capacityProblems } from "../plan/capacity.ts";
import { planOf } from "../plan/plan.ts";
import { explain } from "./explain.ts";
import { hostSchema, type Inventory, inventorySchema } from "./hosts.ts";
import { impossibleRuns } from "./limits.ts";
import { type Config, configSchema } from "./schema.ts";

/** A stack's configuration with what its files say filled in. */
export interface ResolvedConfig extends Omit<Config, "hosts"> {
  inventory: Inventory;
}

function fail(problems: readonly Problem[], where: string): never {
  const lines = problems.map((problem) => `  ${problemLine(problem)}`);
  throw new LabError(`The configuration of ${where} is wrong:\n${lines.join("\n")}`, { exitCode: 2 });
}

/** @throws LabError (exit code 2) with what is wrong, a line a problem, unless there is none */
export function refuse(problems: readonly Problem[], where: string): void {
  if (problems.length > 0) fail(problems, where);
}

function check<T extends z.ZodType>(
  schema: T,
  value: unknown,
  where: string,
  keysAt: (path: readonly PropertyKey[]) => string[],
): z.infer<T> {
  const result = schema.safeParse(value);
  return result.success ? result.data : fail(explain(result.error, value, keysAt), where);
}

const hostKeys = Object.keys(hostSchema.shape);
const insideHostKeys: Partial<Record<PropertyKey, string[]>> = {
  jump: Object.keys(endpointSchema.shape),
  pfs: Object.keys(hostSchema.shape.pfs.element.shape),
};

function inventoryKeysAt(path: readonly PropertyKey[]): string[] {
  if (path.length === 0) return Object.keys(inventorySchema.shape);
  if (path.length === 1) return [...roles];
  return path.length === 2 ? hostKeys : (insideHostKeys[path[2] ?? ""] ?? []);
}

/** Every known key of a stack's configuration. */
export const configKeys = Object.keys(configSchema.shape);

function configKeysAt([key, ...path]: readonly PropertyKey[]): string[] {
  if (key === undefined) return configKeys;
  if (key === "hosts") return inventoryKeysAt(path);
  return key === "order" ? Object.keys(orderSchema.shape) : [...roles];
}

/** A value as `pulumi config` stores it: a text, which is JSON when it is no plain text. */
function decode(text: string): unknown {
  if (!/^\s*([[{"]|-?\d|true\s*$|false\s*$|null\s*$)/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Reads a stack's configuration as the engine hands it over.
 * @param raw full key ("project:key") to text
 * @throws LabError (exit code 2) that names every wrong key with its value and what is allowed
 */
export function parseConfig(raw: Record<string, string>, project: string, stack: string): Config {
  const projectConfig: Record<string, unknown> = {};
  const foreign: Problem[] = [];
  for (const [key, text] of Object.entries(raw)) {
    const colon = key.indexOf(":");
    const namespace = key.slice(0, colon);
    if (namespace === project) projectConfig[key.slice(colon + 1)] = decode(text);
    else if (namespace !== "pulumi")
      foreign.push({
        key,
        value: text,
        found: `${JSON.stringify(text)}: there is no such key; keys of this project begin with ${project}:`,
        allowed: "",
        knownKeys: [],
      });
  }
  refuse(foreign, `stack ${stack}`);
  return check(configSchema, projectConfig, `stack ${stack} (keys of ${project}:)`, configKeysAt);
}

/** Reads a file with the two servers. @throws LabError (exit code 2) that says what is wrong in it */
export function readInventory(path: string): Inventory {
  if (!existsSync(path))
    throw new LabError(
      `hosts: the file ${path} does not exist. Boot the emulated servers with ./lab hosts up, or describe two servers (docs/real-servers.md)`,
      { exitCode: 2 },
    );
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new LabError(`hosts: the file ${path} is not JSON: ${messageOf(error)}`, { exitCode: 2 });
  }
  return check(inventorySchema, value, `the hosts in ${path}`, inventoryKeysAt);
}

/** @throws LabError (exit code 2) with what a scenario asks of its servers and they cannot give */
export function refuseOverload(inventory: Inventory, scenario: Omit<Config, "hosts">): void {
  refuse(capacityProblems(inventory, planOf(scenario)), "the stack");
}

/** Fills in the inventory of hosts that the configuration names. @throws LabError (exit code 2) that says what is wrong in it */
export function resolveConfig(config: Config, directory: string): ResolvedConfig {
  const { hosts, ...rest } = config;
  const inventory =
    typeof hosts === "string" ? readInventory(isAbsolute(hosts) ? hosts : join(directory, hosts)) : hosts;
  refuse([...factorProblems(rest), ...impossibleRuns(rest, inventory.fidelity)], "the stack");
  refuseOverload(inventory, rest);
  return { ...rest, inventory };
}
