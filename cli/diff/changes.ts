import type { Config } from "../../infra/config/schema.ts";
import { scenarioOf } from "../../infra/scenario.ts";
import { type Declaration, declareScenario } from "./declare.ts";

type Scenario = Omit<Config, "hosts">;

/** A factor, or another key of the configuration, that has two values. */
export interface Difference {
  key: string;
  from: unknown;
  to: unknown;
}

/** Names of resources by what becomes of them. */
export interface Changes {
  made: string[];
  replaced: string[];
  updated: string[];
  removed: string[];
  untouched: string[];
}

export interface StackDiff {
  /** Factors of the scenarios that differ; nested ones with dots. */
  factors: Difference[];
  /** Keys that are no factors and differ: runs, replicate, servers… */
  settings: Difference[];
  changes: Changes;
}

function flat(value: unknown, prefix = ""): [string, unknown][] {
  if (value === null || typeof value !== "object") return [[prefix, value]];
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, prefix === "" ? key : `${prefix}.${key}`));
}

function differences(a: unknown, b: unknown): Difference[] {
  const [from, to] = [new Map(flat(a)), new Map(flat(b))];
  return [...new Set([...from.keys(), ...to.keys()])]
    .filter((key) => JSON.stringify(from.get(key)) !== JSON.stringify(to.get(key)))
    .map((key) => ({ key, from: from.get(key) ?? null, to: to.get(key) ?? null }));
}

/** Keys whose values are not part of a scenario, but say how often, where and with what it is measured. */
const settingKeys = [
  ...["hosts", "guestImage", "resultsDirectory", "runs", "replicate", "parallelStarts", "readyWithinSeconds"],
] as const;

function changesBetween(a: Declaration, b: Declaration): Changes {
  const changes: Changes = { made: [], replaced: [], updated: [], removed: [], untouched: [] };
  for (const name of [...new Set([...a.keys(), ...b.keys()])].sort()) {
    const [from, to] = [a.get(name), b.get(name)];
    if (!from) changes.made.push(name);
    else if (!to) changes.removed.push(name);
    else if (from.identity !== to.identity) changes.replaced.push(name);
    else if (from.inputs !== to.inputs) changes.updated.push(name);
    else changes.untouched.push(name);
  }
  return changes;
}

/**
 * What differs between two scenarios, and what changing the one into the other does to what is deployed. The program
 * itself is asked: it declares both, and the declarations are compared as the engine would.
 */
export async function diffScenarios(a: Config, b: Config): Promise<StackDiff> {
  const pick = (config: Config) => Object.fromEntries(settingKeys.map((key) => [key, config[key]]));
  const withoutHosts = ({ hosts: _, ...scenario }: Config): Scenario => scenario;
  const before = await declareScenario(withoutHosts(a));
  return {
    factors: differences(scenarioOf(a).factors, scenarioOf(b).factors),
    settings: differences(pick(a), pick(b)),
    changes: changesBetween(before, await declareScenario(withoutHosts(b), before)),
  };
}
