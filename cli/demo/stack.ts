import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import { LabError, messageOf } from "../../lib/errors.ts";
import { checkout } from "../../lib/paths.ts";
import type { Interruption } from "../interrupt.ts";
import { DeploymentReport } from "./events.ts";

export const stackName = "demo";

/** A deployment replaces two VMs and measures one run; on a slow machine a minute, so this is a hang. */
const timeLimitMs = 10 * 60_000;

export interface DemoStackOptions {
  /** Variables that pulumi needs. */
  env: Record<string, string>;
  /** File that takes all that pulumi prints. */
  logFile: string;
  say: (line: string) => void;
  interruption: Interruption;
}

/** The demo's stack: deployed again and again, each time with another configuration. */
export class DemoStack {
  readonly #options: DemoStackOptions;
  readonly #log: WriteStream;
  readonly #stack: Stack;

  private constructor(options: DemoStackOptions, log: WriteStream, stack: Stack) {
    this.#options = options;
    this.#log = log;
    this.#stack = stack;
  }

  /**
   * Makes the stack. What an earlier demo that was killed or kept left is removed first.
   * @param options.serversAreNew the servers have booted since, so nothing of what the state tells of is still there
   */
  static async open(options: DemoStackOptions & { serversAreNew: boolean }): Promise<DemoStack> {
    // The Automation API looks for pulumi on our own PATH.
    Object.assign(process.env, options.env);
    const workspace = await LocalWorkspace.create({ workDir: checkout, envVars: options.env });
    const isLeft = (await workspace.listStacks()).some(({ name }) => name === stackName);
    if (isLeft && options.serversAreNew) await workspace.removeStack(stackName, { force: true });
    const stack = await LocalWorkspace.createOrSelectStack({ stackName, workDir: checkout }, { envVars: options.env });
    const demo = new DemoStack(options, createWriteStream(options.logFile, { flags: "a" }), stack);
    if (isLeft && !options.serversAreNew) {
      options.say("removing what an earlier demo left");
      await stack.cancel().catch(() => {}); // its lock, when it was killed
      await demo.destroy();
    }
    return demo;
  }

  /** Deploys a scenario and measures it. @returns what the program exports as `runs` */
  async deploy(settings: Record<string, string>): Promise<unknown> {
    await this.#stack.setAllConfig(
      Object.fromEntries(Object.entries(settings).map(([key, value]) => [`sriov-rtt:${key}`, { value }])),
    );
    try {
      const { outputs } = await this.#run("deploying", (common) => this.#stack.up(common));
      return outputs.runs?.value;
    } catch (error) {
      this.#options.interruption.asked.throwIfAborted();
      throw error;
    }
  }

  /** Removes everything from the servers; the stack stays, empty. */
  async destroy(): Promise<void> {
    await this.#run("removing what was deployed", (common) => this.#stack.destroy({ ...common, remove: false }));
  }

  /** Forgets the stack, which must be empty, and its configuration. */
  async remove(): Promise<void> {
    await this.#stack.workspace.removeStack(stackName);
  }

  async close(): Promise<void> {
    this.#log.end();
    await once(this.#log, "close");
  }

  async #run<T>(what: string, operation: (common: ReturnType<DemoStack["settings"]>) => Promise<T>): Promise<T> {
    const report = new DeploymentReport(this.#options.say);
    const late = AbortSignal.timeout(timeLimitMs);
    try {
      return await operation(this.settings(report, late));
    } catch (error) {
      const why = late.aborted
        ? `gave up after ${timeLimitMs / 60_000} minutes`
        : report.errors.join("\n") || messageOf(error).slice(-2000);
      throw new LabError(`${what} failed: ${why}\nAll that pulumi said: ${this.#options.logFile}`, { cause: error });
    }
  }

  private settings(report: DeploymentReport, late: AbortSignal) {
    const write = (text: string) => void this.#log.write(text);
    return {
      color: "never" as const,
      suppressProgress: true,
      onOutput: write,
      onError: write,
      onEvent: report.accept.bind(report),
      signal: AbortSignal.any([this.#options.interruption.tellChildren, late]),
    };
  }
}
