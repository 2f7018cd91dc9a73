import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { explain } from "../../infra/config/explain.ts";
import { type Inventory, wayTo } from "../../infra/config/hosts.ts";
import { refuse } from "../../infra/config/load.ts";
import { LabError, messageOf } from "../../lib/errors.ts";
import { checkout, hostsFile } from "../../lib/paths.ts";
import { roles } from "../../lib/roles.ts";
import { mostPairs } from "../../study/factors/server-pair.ts";
import type { Problem } from "../../study/problem.ts";
import type { CampaignPlanOptions } from "./options.ts";

/** A pair of servers by its number, which is part of what a scenario on it is. */
export interface NumberedPair {
  number: number;
  /** Its hosts file; an absolute path. */
  hosts: string;
}

const pairNumber = z
  .string()
  .regex(/^[1-9]\d{0,2}$/)
  .refine((text) => Number(text) <= mostPairs);

const pairsSchema = z.strictObject({
  pairs: z
    .record(pairNumber, z.string().min(1))
    .refine((pairs) => Object.keys(pairs).length > 0, "at least one pair: its number and its hosts file"),
});

const numberOf = (key: string): Problem => ({
  key: `pairs.${key}`,
  value: key,
  found: `${JSON.stringify(key)} is no number of a pair`,
  allowed: `1 to ${mostPairs}, as "1"`,
});

/** What is wrong with one value of a pair, where another pair has it already. */
const taken = (key: string, value: string, other: number, what: string): Problem => ({
  key,
  value,
  found: `${JSON.stringify(value)} is not allowed`,
  allowed: `another ${what} than pair ${other} has`,
});

function equalFiles(pairs: readonly NumberedPair[]): Problem[] {
  return pairs.flatMap(({ number, hosts }, index) => {
    const other = pairs.slice(0, index).find((each) => each.hosts === hosts);
    return other === undefined ? [] : [taken(`pairs.${number}`, hosts, other.number, "hosts file")];
  });
}

/**
 * Reads a file that names pairs of servers by their numbers.
 * @param file relative to the project, as are the hosts files that it names
 * @returns the pairs in the order of their numbers
 * @throws LabError (exit code 2) that names every wrong key, its value and what is allowed
 */
export function readPairs(file: string): NumberedPair[] {
  const where = `the pairs in ${file}`;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(resolve(checkout, file), "utf8"));
  } catch (error) {
    throw new LabError(
      `--pairs ${JSON.stringify(file)} cannot be read: ${messageOf(error)}; allowed: a file as {"pairs": {"1": "servers-a.json", "2": "servers-b.json"}}`,
      { exitCode: 2 },
    );
  }
  const result = pairsSchema.safeParse(value);
  if (!result.success) {
    const [ofKeys, others] = [[] as Problem[], [] as z.core.$ZodIssue[]];
    for (const issue of result.error.issues)
      if (issue.code === "invalid_key") ofKeys.push(numberOf(String(issue.path.at(-1))));
      else others.push(issue);
    const problems = explain(new z.ZodError(others), value, () => Object.keys(pairsSchema.shape));
    refuse([...ofKeys, ...problems], where);
  }
  const pairs = Object.entries(pairsSchema.parse(value).pairs)
    .map(([number, hosts]): NumberedPair => ({ number: Number(number), hosts: resolve(checkout, hosts) }))
    .sort((a, b) => a.number - b.number);
  refuse(equalFiles(pairs), where);
  return pairs;
}

/**
 * Refuses pairs that have a server in common.
 * @throws LabError (exit code 2) that names each such server and the pair that has it already
 */
export function refuseCommonServers(pairs: readonly (NumberedPair & { inventory: Inventory })[], file: string): void {
  const known = new Map<string, number>();
  const problems = pairs.flatMap(({ number, hosts, inventory }) =>
    roles.flatMap((role) => {
      const host = inventory.hosts[role];
      const other = known.get(wayTo(host));
      known.set(wayTo(host), other ?? number);
      return other === undefined || other === number
        ? []
        : [taken(`${hosts}: hosts.${role}.address`, host.address, other, "server")];
    }),
  );
  refuse(problems, `the pairs in ${file}`);
}

/** The pairs that a command names: those of its file, or the one that is meant where it names none. */
export const pairsOf = ({ pairs, hosts, pair }: Pick<CampaignPlanOptions, "pairs" | "hosts" | "pair">) =>
  pairs === undefined ? [{ number: pair, hosts: resolve(checkout, hosts ?? hostsFile) }] : readPairs(pairs);
