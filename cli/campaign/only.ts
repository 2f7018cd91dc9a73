import { LabError } from "../../lib/errors.ts";
import { factorTable } from "../../study/factors.ts";
import { configText } from "../stack/config.ts";
import type { PlannedScenario } from "./planned-scenario.ts";

/** A wish that a factor has a value, as the option `--only KEY=VALUE` says it. */
export interface Only {
  key: string;
  value: string;
}

/** @throws LabError (exit code 2) that names the option, its value and what is allowed */
export function parseOnly(text: string): Only {
  const [, key = "", value = ""] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  if (key in factorTable) return { key, value };
  throw new LabError(
    `--only ${JSON.stringify(text)} is not allowed; allowed: KEY=VALUE, where KEY is one of ${Object.keys(factorTable).join(", ")}`,
    { exitCode: 2 },
  );
}

/** Scenarios that have all the values; of a driver for each end, both are asked for as JSON. */
export const onlyThose = (scenarios: readonly PlannedScenario[], only: readonly Only[]): PlannedScenario[] =>
  scenarios.filter(({ config }) =>
    only.every(({ key, value }) => configText((config as Readonly<Record<string, unknown>>)[key]) === value),
  );
