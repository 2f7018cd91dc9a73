import { rm } from "node:fs/promises";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import { messageOf } from "../../lib/errors.ts";
import { checkout } from "../../lib/paths.ts";
import { reclaimState } from "../state/exported.ts";
import { TakenOverError } from "../state/hold.ts";
import { forgetBucket, isInBucket } from "../state/remembered.ts";
import { stackFile } from "./config.ts";
import type { ResourceTime } from "./deployment-report.ts";
import { forgetKept, leftoverOf, noteKept } from "./leftover.ts";
import { differencesIn, mendingOnce, mendingText } from "./mending.ts";
import { Operations, type OperationsOptions } from "./operations.ts";
import { foldersOfRuns } from "./run-folders.ts";

export interface DrivenStackOptions extends OperationsOptions {
  /** Name of the stack. */
  name: string;
  /** Variables that pulumi needs, with those that its providers' ways to the servers need; but for the backend equal for all stacks of a process. */
  env: Record<string, string>;
  /** Asks whether the stack is still this process's own, where others may take it. @throws LabError where they have */
  confirm?: () => Promise<void>;
  /** What an earlier use of this stack deployed is gone with its servers, so nothing of what the state tells of is there. */
  leftoversAreGone: boolean;
}

/**
 * Selects stacks one after the other: pulumi keeps which one is selected in one file for all of a project. What is done with a stack
 * afterwards names it.
 */
let selected: Promise<unknown> = Promise.resolve();
function selecting<T>(select: () => Promise<T>): Promise<T> {
  const done = selected.then(select);
  selected = done.catch(() => {});
  return done;
}

/** Takes a stack's lock away, if it has one. @throws LabError where the stack is somebody else's by now */
async function takeLockAway(stack: Stack, { confirm }: Pick<DrivenStackOptions, "confirm">): Promise<void> {
  await confirm?.();
  await stack.cancel().catch(() => {});
}

/** What a deployment gave. */
interface Deployed {
  /** Folders of the runs. */
  folders: string[];
  /** What the program says of all runs, in a line. */
  found: string;
  times: readonly ResourceTime[];
}

interface DeployOptions {
  timeLimitMs?: number;
  /** Is told before what was not as it had been deployed is made anew, a line each. */
  onMending?: (differences: readonly string[]) => void;
}

/** A stack that is deployed again and again, each time with another configuration. */
export class DrivenStack {
  readonly #options: DrivenStackOptions;
  readonly #operations: Operations;
  readonly #stack: Stack;
  /** Whether the lock of an operation may be there that was killed, or could not take it away. */
  #mayBeLocked = false;

  private constructor(options: DrivenStackOptions, stack: Stack) {
    this.#options = options;
    this.#operations = new Operations(options);
    this.#stack = stack;
  }

  /** Makes the stack. What an earlier use that was killed or kept left is removed first. */
  static async open(options: DrivenStackOptions): Promise<DrivenStack> {
    const { name, env } = options;
    // The Automation API looks for pulumi on our own PATH. Which backend the user has chosen is asked of ours, too.
    const { PULUMI_BACKEND_URL: _, ...shared } = env;
    Object.assign(process.env, shared);
    const workspace = await LocalWorkspace.create({ workDir: checkout, envVars: env });
    const { isLeft, stack } = await selecting(async () => {
      const isThere = (await workspace.listStacks()).some((each) => each.name === name);
      if (isThere && options.leftoversAreGone) {
        const before = await LocalWorkspace.selectStack({ stackName: name, workDir: checkout }, { envVars: env });
        await takeLockAway(before, options); // it may have been killed in an operation
        await workspace.removeStack(name, { force: true });
      }
      const made = await LocalWorkspace.createOrSelectStack({ stackName: name, workDir: checkout }, { envVars: env });
      return { isLeft: isThere, stack: made };
    });
    const driven = new DrivenStack(options, stack);
    if (isLeft && !options.leftoversAreGone) {
      const did = leftoverOf(name) === "kept" ? "kept" : "left";
      options.progress.say(`removing what an earlier ${name} ${did}`);
      driven.#mayBeLocked = true; // it may have been killed
      if (isInBucket(name)) {
        await driven.#unlock();
        await reclaimState(name, env);
      }
      await driven.destroy();
    }
    forgetKept(name);
    return driven;
  }

  /**
   * Deploys a scenario and measures it; once more where a run was refused because of what a deployment makes anew.
   * @param settings configuration keys without the project's name, and their values as text
   * @returns the runs, and what the engine was busy with
   * @throws LabError with what the engine called errors, the second time's where it was run twice, or the reason of the interruption
   */
  async deploy(settings: Record<string, string>, options: DeployOptions = {}): Promise<Deployed> {
    const { timeLimitMs, onMending = () => {} } = options;
    await this.#stack.setAllConfig(
      Object.fromEntries(Object.entries(settings).map(([key, value]) => [`sriov-rtt:${key}`, { value }])),
    );
    const { name, interruption, progress } = this.#options;
    const times: ResourceTime[] = [];
    const up = async (): Promise<Deployed> => {
      const result = await this.#run("deploying", (common) => this.#stack.up(common), { times, timeLimitMs });
      const { runs, inAll } = result.outputs;
      return { folders: foldersOfRuns(runs?.value), found: String(inAll?.value ?? ""), times };
    };
    return mendingOnce(
      { stack: name, resultsDirectory: settings.resultsDirectory, asked: interruption.asked },
      up,
      (refusals) => {
        progress.say(mendingText(refusals));
        onMending(differencesIn(refusals));
      },
    );
  }

  /** Removes everything from the servers; the stack stays, empty. */
  async destroy(): Promise<void> {
    await this.#run("removing what was deployed", (common) => this.#stack.destroy({ ...common, remove: false }));
  }

  /** Forgets the stack, which must be empty, and its configuration. */
  async remove(): Promise<void> {
    const { name } = this.#options;
    await selecting(() => this.#stack.workspace.removeStack(name));
    await rm(stackFile(checkout, name), { force: true });
    forgetBucket(name);
  }

  close(): Promise<void> {
    return this.#operations.close();
  }

  /** Takes the lock away that an operation of ours may have left. @throws LabError as `takeLockAway` does */
  async #unlock(): Promise<void> {
    if (!this.#mayBeLocked) return;
    await takeLockAway(this.#stack, this.#options);
    this.#mayBeLocked = false;
  }

  #run: Operations["run"] = async (what, operation, options) => {
    await this.#unlock();
    try {
      return await this.#operations.run(what, operation, options);
    } catch (error) {
      this.#mayBeLocked = true;
      throw error;
    }
  };
}

/** Tells why what a stack has deployed could not be removed. */
function tellLeft(error: unknown, { name, progress }: DrivenStackOptions): void {
  progress.say(messageOf(error));
  progress.say(`Try it again with ./lab destroy ${name}`);
  process.exitCode = 1;
}

/** Removes all that was deployed. A failure is told and does not hide why what came before failed. */
async function tearDown(stack: DrivenStack, options: DrivenStackOptions): Promise<void> {
  try {
    await options.progress.step("removing what was deployed", () => stack.destroy());
    await stack.remove();
  } catch (error) {
    tellLeft(error, options);
  }
}

/** Takes down what an earlier use of a stack left or kept, and forgets the stack. A failure is told. */
export async function clearStack(options: DrivenStackOptions): Promise<void> {
  try {
    const stack = await DrivenStack.open(options);
    await stack.remove().finally(() => stack.close());
  } catch (error) {
    tellLeft(error, options);
  }
}

/**
 * Runs `body` with a stack, and takes down what it deployed, also when it fails. Several may be driven side by side.
 * @param options.keep leave the last deployment, and write down that it was meant to stay
 */
export async function withDrivenStack<T>(
  options: DrivenStackOptions & { keep: boolean },
  body: (stack: DrivenStack) => Promise<T>,
): Promise<T> {
  options.interruption.asked.throwIfAborted();
  const stack = await DrivenStack.open(options);
  try {
    return await body(stack);
  } finally {
    // What it has deployed is taken down by who has taken it over.
    if (options.interruption.asked.reason instanceof TakenOverError)
      options.progress.say(messageOf(options.interruption.asked.reason));
    else if (options.keep) noteKept(options.name);
    else await tearDown(stack, options);
    await stack.close();
  }
}
