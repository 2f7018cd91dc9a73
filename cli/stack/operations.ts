import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import type { UpOptions } from "@pulumi/pulumi/automation/index.js";
import { LabError, messageOf } from "../../lib/errors.ts";
import type { Progress } from "../../lib/progress.ts";
import type { Interruption } from "../interrupt.ts";
import { DeploymentReport, type ResourceTime } from "./deployment-report.ts";

export interface OperationsOptions {
  /** File that takes all that pulumi prints. */
  logFile: string;
  progress: Progress;
  interruption: Interruption;
  /** After so many milliseconds an operation hangs. */
  timeLimitMs: number;
}

/** What every operation of the engine is given. */
type OperationSettings = Required<
  Pick<UpOptions, "color" | "suppressProgress" | "onOutput" | "onError" | "onEvent" | "signal">
>;

interface RunOptions {
  /** Gets what the engine was busy with, also where it fails. */
  times?: ResourceTime[];
  /** In place of the one of all operations. */
  timeLimitMs?: number | undefined;
}

/** Operations of the engine, one after the other: each can be interrupted and has a limit, and what it said is kept. */
export class Operations {
  readonly #options: OperationsOptions;
  readonly #log: WriteStream;

  constructor(options: OperationsOptions) {
    this.#options = options;
    this.#log = createWriteStream(options.logFile, { flags: "a" });
  }

  /**
   * Runs one.
   * @param what messages call it
   * @throws LabError with what the engine called errors
   */
  async run<T>(
    what: string,
    operation: (common: OperationSettings) => Promise<T>,
    { times = [], timeLimitMs = this.#options.timeLimitMs }: RunOptions = {},
  ): Promise<T> {
    const report = new DeploymentReport(this.#options.progress.say);
    const late = AbortSignal.timeout(timeLimitMs);
    try {
      return await operation(this.#settings(report, late));
    } catch (error) {
      const why = late.aborted
        ? `gave up after ${(timeLimitMs / 60_000).toFixed(0)} minutes`
        : report.errors.join("\n") || messageOf(error).slice(-2000);
      throw new LabError(`${what} failed: ${why}\nAll that pulumi said: ${this.#options.logFile}`, { cause: error });
    } finally {
      times.push(...report.times);
    }
  }

  async close(): Promise<void> {
    this.#log.end();
    await once(this.#log, "close");
  }

  /** What pulumi is ended by: after an end was asked for only that it hangs, since it hears nothing of a signal that came before it. */
  #endingSignal(late: AbortSignal): AbortSignal {
    const { tellChildren } = this.#options.interruption;
    return tellChildren.aborted ? late : AbortSignal.any([tellChildren, late]);
  }

  #settings(report: DeploymentReport, late: AbortSignal): OperationSettings {
    const write = (text: string) => void this.#log.write(text);
    return {
      color: "never",
      suppressProgress: true,
      onOutput: write,
      onError: write,
      onEvent: report.accept.bind(report),
      signal: this.#endingSignal(late),
    };
  }
}
