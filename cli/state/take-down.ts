import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import { counted } from "../../lib/counted.ts";
import { LabError } from "../../lib/errors.ts";
import { checkout } from "../../lib/paths.ts";
import type { SshTarget } from "../../lib/ssh/target.ts";
import type { Bucket } from "../bucket/bucket.ts";
import { Operations, type OperationsOptions } from "../stack/operations.ts";
import { type Adopted, adopted } from "./adopted.ts";
import { exportState, importState } from "./exported.ts";
import { type Held, type HoldOptions, holdOf, withHold } from "./hold.ts";
import { type DeployedStack, deployedStacks, locksOf } from "./in-bucket.ts";

export interface TakeDownOptions extends OperationsOptions, Pick<HoldOptions, "holder" | "times"> {
  /** The place of another operator's states. */
  bucket: Bucket;
  /** Variables that pulumi needs to find them there, with those of the ways to the servers. */
  env: Record<string, string>;
  /** Whose they are. */
  operator: string;
  /** The servers as this machine reaches them. */
  targets: readonly SshTarget[];
  /** How messages call them. */
  hosts: string;
  /** Whether it is done although the stack is locked, or was left deployed by a command that has ended. */
  isForced: boolean;
}

const wordsOf = (strangers: Adopted["strangers"]) =>
  [...strangers].map(([server, { here, inState }]) =>
    here === undefined
      ? `  ${server} is none of them`
      : `  ${server} shows the host key ${here} by that file, and was deployed on with ${inState}`,
  );

/**
 * The state of a stack, with this machine's ways to its servers.
 * @returns undefined where none of its servers is among these
 * @throws LabError where only some of them are, or one is another server of the same address
 */
async function adoptable(
  stack: string,
  { bucket, env, targets, hosts }: TakeDownOptions,
): Promise<Adopted | undefined> {
  const state = adopted(await exportState(stack, env), targets);
  const { known, strangers } = state;
  const areOthers = [...strangers.values()].every(({ here }) => here === undefined);
  if (known.size === 0 && strangers.size > 0 && areOthers) return undefined;
  if (strangers.size > 0)
    throw new LabError(
      `stack ${stack} in ${bucket.address} is not taken down: of its servers, not all are those in ${hosts}:\n${wordsOf(strangers).join("\n")}`,
    );
  return state;
}

/** @throws LabError with what speaks against taking a stack down, unless it is to be done all the same */
function refuseUnlessForced(objections: readonly string[], stack: string, { bucket, isForced }: TakeDownOptions): void {
  if (objections.length === 0 || isForced) return;
  throw new LabError(
    `stack ${stack} in ${bucket.address} ${objections.join(", and ")}. When that machine is dead for certain: the same with --force`,
  );
}

/** @returns whether it is locked @throws LabError where it is, unless that lock is to be broken */
async function refuseLocked(stack: string, options: TakeDownOptions): Promise<boolean> {
  const locks = await locksOf(options.bucket, stack);
  const words = locks.map((lock) => `is locked by ${lock}, by an operation that is under way or was killed`);
  refuseUnlessForced(words, stack, options);
  return locks.length > 0;
}

/** @throws LabError where the one whose stack it is has ended his command and left it deployed, unless it is to be taken down all the same */
async function refuseLeft(stack: string, options: TakeDownOptions): Promise<void> {
  const hold = await holdOf(options.bucket, stack);
  if (!hold?.isOver || hold.operator !== options.operator) return;
  refuseUnlessForced(
    [`was left deployed by ${hold.who}, whose command has ended (as --keep asks it to)`],
    stack,
    options,
  );
}

/** Destroys a stack, by a configuration of its own: this checkout may have a stack of that name, too. */
async function destroy(selected: Stack, { progress, ...options }: OperationsOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "lab-take-down-"));
  const operations = new Operations({ ...options, progress });
  try {
    const configFile = join(folder, "Pulumi.yaml");
    writeFileSync(configFile, "config: {}\n");
    const what = `taking down stack ${selected.name}`;
    await progress.step(what, () =>
      operations.run(what, (common) => selected.destroy({ ...common, remove: false, configFile })),
    );
  } finally {
    await operations.close();
    rmSync(folder, { recursive: true });
  }
}

async function takeDownHeld(stack: string, held: Held, options: TakeDownOptions): Promise<void> {
  const { env, progress } = options;
  const isLocked = await refuseLocked(stack, options);
  const state = await adoptable(stack, options); // as it is now that nobody else drives it
  if (state === undefined) return;
  const selected = await LocalWorkspace.selectStack({ stackName: stack, workDir: checkout }, { envVars: env });
  await held.confirm?.();
  if (isLocked) await selected.cancel();
  if (state.isChanged) await importState(stack, env, state.deployment);
  await destroy(selected, { ...options, interruption: held.interruption });
  progress.say(`stack ${stack}: nothing of it is left on ${[...state.known].join(" and ")}`);
}

/**
 * Takes down what another machine has deployed on some servers, by the states that it keeps in a bucket. Its stacks stay, empty.
 * @throws LabError where that machine lives, or an operation of it has a lock, or the servers are not those of the states
 */
export async function takeDown(options: TakeDownOptions): Promise<void> {
  const { bucket, holder, progress, interruption, times, hosts } = options;
  // The Automation API looks for pulumi on our own PATH.
  process.env.PATH = options.env.PATH ?? process.env.PATH;
  const stacks = await deployedStacks(bucket);
  if (stacks.length === 0) throw new LabError(`${bucket.address} tells of nothing that is deployed`, { exitCode: 2 });
  const elsewhere: DeployedStack[] = [];
  for (const each of stacks) {
    const { stack, resources } = each;
    if ((await adoptable(stack, options)) === undefined) {
      elsewhere.push(each);
      continue;
    }
    await refuseLocked(stack, options);
    await refuseLeft(stack, options);
    const hold = { bucket, stack, holder, say: progress.say, ...(times !== undefined && { times }) };
    progress.say(`stack ${stack} in ${bucket.address}: ${counted(resources ?? 0, "resource")}`);
    await withHold(hold, interruption, (held) => takeDownHeld(stack, held, options));
  }
  const names = elsewhere.map(({ stack }) => stack).join(", ");
  if (elsewhere.length === stacks.length)
    throw new LabError(`${names} in ${bucket.address}: deployed on other servers than those in ${hosts}`, {
      exitCode: 2,
    });
  if (elsewhere.length > 0) progress.say(`${names}: left alone, on other servers than those in ${hosts}`);
}
