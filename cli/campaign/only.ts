import { LabError } from "../../lib/errors.ts";
import { factorTable } from "../../study/factors.ts";
import { refuseOption } from "../options.ts";
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
  return refuseOption("--only", text, `KEY=VALUE, where KEY is one of ${Object.keys(factorTable).join(", ")}`);
}

const configuredValue = ({ config }: PlannedScenario, key: string) =>
  configText((config as Readonly<Record<string, unknown>>)[key]);

/**
 * Scenarios that have all the values; of a driver for each end, both are asked for as JSON.
 * @throws LabError (exit code 2) where none has, with the values that there are
 */
export function onlyThose(scenarios: readonly PlannedScenario[], only: readonly Only[]): PlannedScenario[] {
  const withTheValues = scenarios.filter((scenario) =>
    only.every(({ key, value }) => configuredValue(scenario, key) === value),
  );
  if (withTheValues.length > 0 || only.length === 0) return withTheValues;
  const allowed = only.map(({ key }) => {
    const values = new Set(scenarios.map((scenario) => configuredValue(scenario, key)));
    return `${key} ${[...values].join(", ")}`;
  });
  throw new LabError(
    `--only ${only.map(({ key, value }) => `${key}=${value}`).join(" ")} is not allowed: no scenario of the plan has ${only.length === 1 ? "it" : "all of it"}; there are: ${allowed.join("; ")}`,
    { exitCode: 2 },
  );
}
