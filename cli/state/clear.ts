import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readInventory } from "../../infra/config/load.ts";
import { announceServers } from "../../infra/gateway/gateway.ts";
import { deployerOf } from "../../infra/owner.ts";
import { counted } from "../../lib/counted.ts";
import { LabError } from "../../lib/errors.ts";
import { checkout } from "../../lib/paths.ts";
import { roles } from "../../lib/roles.ts";
import { targetOf } from "../../lib/ssh/target.ts";
import { type BucketPlace, bucketText, parseBucket } from "../bucket/address.ts";
import { Bucket } from "../bucket/bucket.ts";
import { logFolder, removalLimitMs } from "../campaign/stacks.ts";
import { interruptible } from "../interrupt.ts";
import { refuseOption } from "../options.ts";
import { progress } from "../progress.ts";
import { withCheckout } from "../setup/locks.ts";
import { preparePulumi } from "../setup/pulumi.ts";
import { withServersInReach } from "../stack/around-pulumi.ts";
import { timeStamp } from "../stamp.ts";
import { holdOf } from "./hold.ts";
import { deployedStacks, locksOf } from "./in-bucket.ts";
import { bucketBackend, statePlaceOf, statesBeginning } from "./place.ts";
import { takeDown } from "./take-down.ts";

export interface ClearOptions {
  /** The file that describes the servers, relative to the checkout. */
  hosts: string;
  force?: true;
}

/** Operators whose states are beside results. */
async function operatorsIn(results: BucketPlace): Promise<string[]> {
  const objects = await new Bucket(results).list(statesBeginning);
  return [...new Set(objects.map(({ name }) => name.split("/")[1] ?? ""))];
}

/** What is deployed by the states beside results, a line each stack. */
async function linesOf(results: BucketPlace): Promise<string[]> {
  const lines: string[] = [];
  for (const operator of await operatorsIn(results)) {
    const bucket = new Bucket(statePlaceOf(results, operator));
    for (const { stack, resources } of await deployedStacks(bucket)) {
      const hold = await holdOf(bucket, stack);
      const locks = await locksOf(bucket, stack);
      const words = [
        resources === undefined ? "a state that is not understood" : counted(resources, "resource"),
        ...(hold === undefined ? [] : [hold.who]),
        ...locks.map((lock) => `locked by ${lock}`),
      ];
      lines.push(`${operator}  ${stack}: ${words.join("; ")}`);
    }
  }
  return lines;
}

/** @throws LabError (exit code 2) that tells what is allowed */
function requireOperator(operator: string): void {
  if (/^[0-9a-f]{10}$/.test(operator)) return;
  const allowed = 'the operator of a lease, ten digits of 0 to 9 and a to f, as in "operator 0a1b2c3d4e"';
  refuseOption("campaign clear", operator, allowed);
}

/** @throws LabError (exit code 2) with what is deployed where an operator has deployed nothing */
function requireDeployed(operator: string, lines: readonly string[], results: BucketPlace): void {
  if (lines.some((line) => line.startsWith(operator))) return;
  const others = lines.length === 0 ? "" : `, but:\n${lines.join("\n")}`;
  throw new LabError(`${bucketText(results)} tells of nothing that operator ${operator} has deployed${others}`, {
    exitCode: 2,
  });
}

/**
 * `./lab campaign clear`: takes down what a machine that never comes back has deployed, by the state that it kept in the bucket of its results;
 * without an operator it prints what is deployed.
 * @throws LabError where that machine lives, or has a lock and is not known to be dead, or the servers are others; exit code 2 where
 *   nothing of it is deployed
 */
export async function clearDeployed(
  address: string,
  operator: string | undefined,
  options: ClearOptions,
): Promise<void> {
  const results = parseBucket("campaign clear", address);
  if (operator !== undefined) requireOperator(operator);
  const lines = await linesOf(results);
  if (operator === undefined) {
    process.stdout.write(lines.map((line) => `${line}\n`).join(""));
    if (lines.length === 0) progress.say(`${bucketText(results)} tells of nothing that is deployed`);
    return;
  }
  requireDeployed(operator, lines, results);
  const { hosts } = readInventory(resolve(checkout, options.hosts));
  const targets = roles.map((role) => ({ name: role, target: targetOf(hosts[role]) }));
  const place = statePlaceOf(results, operator);
  await mkdir(logFolder, { recursive: true });
  await withCheckout(progress, async () => {
    const variables = { ...(await preparePulumi(progress)), ...bucketBackend(place) };
    await withServersInReach(variables, (env) =>
      interruptible(async (interruption) => {
        await announceServers(targets, "untried", env);
        await takeDown({
          ...{
            bucket: new Bucket(place),
            operator,
            env,
            progress,
            interruption,
            timeLimitMs: removalLimitMs,
            hosts: options.hosts,
          },
          ...{ holder: deployerOf(checkout), isForced: options.force ?? false },
          targets: targets.map(({ target }) => target),
          logFile: join(logFolder, `clear-${timeStamp()}.log`),
        });
      }),
    );
  });
}
