import { configKeys } from "../../infra/config/load.ts";
import type { Config } from "../../infra/config/schema.ts";
import { type FactorTable, factorTable } from "../../study/factors.ts";
import { recordedIn, recordOf } from "../../study/scenario.ts";
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

function differences(a: readonly [string, unknown][], b: readonly [string, unknown][]): Difference[] {
  const [from, to] = [new Map(a), new Map(b)];
  return [...new Set([...from.keys(), ...to.keys()])]
    .filter((key) => JSON.stringify(from.get(key)) !== JSON.stringify(to.get(key)))
    .map((key) => ({ key, from: from.get(key) ?? null, to: to.get(key) ?? null }));
}

/** Every factor of a scenario that means something in it, by its place in the record. */
const recorded = (config: Scenario, table: FactorTable): [string, unknown][] => {
  const record = recordOf({ ...config }, table);
  return Object.values(table).flatMap((row) => {
    const value = recordedIn(record, row);
    return value === undefined ? [] : flat(value, row.path.join("."));
  });
};

/** Factors that differ between two scenarios. */
export const differingFactors = (a: Scenario, b: Scenario, table: FactorTable = factorTable): Difference[] =>
  differences(recorded(a, table), recorded(b, table));

/** Keys whose values are not part of a scenario, but say how often, where and with what it is measured. */
const settingKeys = configKeys.filter((key) => !(key in factorTable) && key !== "order");

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
  const settings = ({ ...config }: Config) => {
    const members: Record<string, unknown> = config;
    return flat(Object.fromEntries(settingKeys.map((key) => [key, members[key]])));
  };
  const withoutHosts = ({ hosts: _, ...scenario }: Config): Scenario => scenario;
  const before = await declareScenario(withoutHosts(a));
  return {
    factors: differingFactors(a, b),
    settings: differences(settings(a), settings(b)),
    changes: changesBetween(before, await declareScenario(withoutHosts(b), before)),
  };
}
