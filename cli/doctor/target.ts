import { resolve } from "node:path";
import type { Inventory } from "../../infra/config/hosts.ts";
import { readInventory } from "../../infra/config/load.ts";
import type { Stack } from "../../infra/doctor/doctor.ts";
import type { HostsSource } from "../../infra/doctor/hosts-source.ts";
import { ownerOf } from "../../infra/owner.ts";
import { planOf } from "../../infra/plan/plan.ts";
import { LabError } from "../../lib/errors.ts";
import { hostsFile } from "../../lib/paths.ts";
import { requireStackConfig } from "../stack/config.ts";

/** What the doctor is to look at. */
export interface Target {
  inventory: Inventory;
  source: HostsSource;
  /** The file that describes the servers; undefined where a stack's own configuration does. */
  file?: string;
  stack?: Stack;
}

function ofFile(file: string, checkout: string): Target {
  const path = resolve(checkout, file);
  const words = file === hostsFile ? "" : `--hosts ${file}`;
  return { inventory: readInventory(path), source: { file, words }, file: path };
}

function ofStack(stack: string, checkout: string): Target {
  const config = requireStackConfig(checkout, stack);
  const { hosts, ...scenario } = config;
  const from = typeof hosts === "string" ? ofFile(hosts, checkout) : { inventory: hosts, source: { stack } };
  const tenant = ownerOf(stack, checkout);
  return {
    ...from,
    source: "file" in from.source ? { ...from.source, words: stack } : from.source,
    stack: { name: stack, tenant, plan: planOf(scenario) },
  };
}

/**
 * The servers that are meant: those of a stack's configuration, or those in a file.
 * @param words.hosts a file, relative to the checkout; by default the emulated servers' one
 * @throws LabError (exit code 2) that says what is wrong with the words, the configuration or the file
 */
export function doctorTarget(
  stack: string | undefined,
  words: { hosts?: string; write?: true },
  checkout: string,
): Target {
  if (stack !== undefined && words.hosts !== undefined)
    throw new LabError(
      `--hosts ${words.hosts}: stack ${stack} names its servers itself (configuration key hosts); give one of the two`,
      { exitCode: 2 },
    );
  const target = stack === undefined ? ofFile(words.hosts ?? hostsFile, checkout) : ofStack(stack, checkout);
  if (words.write && target.file === undefined)
    throw new LabError(
      `--write: the servers of stack ${stack} stand in its own configuration, and only a file is written to; put them into a file and name it: ./lab pulumi config set hosts servers.json --stack ${stack}`,
      { exitCode: 2 },
    );
  return target;
}
