import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { LabError, messageOf } from "../../../lib/errors.ts";
import type { BlockJob } from "./block-job.ts";

/** How many jobs a command of the queue has changed. */
export const affectedBy = (answer: unknown): number => z.object({ affected: z.number() }).parse(answer).affected;

/** What can be said to the queue of a job that a worker has. */
export interface Settling {
  /** That the worker lives. @returns whether the job is still its own */
  beat: () => Promise<boolean>;
  done: (output: object) => Promise<void>;
  giveBack: () => Promise<void>;
  /** @param pair undefined for nobody's */
  moveTo: (pair: number | undefined) => Promise<void>;
}

/** A block that a worker has for itself for as long as it says that it lives. */
export class HeldBlock {
  readonly job: BlockJob;
  readonly #settling: Settling;
  readonly #heartbeatMs: number;
  readonly #onTrouble: (line: string) => void;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #lastBeat = Date.now();
  #isSettled = false;

  /** @param heartbeatS after so many seconds without a word from the worker the queue gives the block to another one */
  constructor(job: BlockJob, settling: Settling, heartbeatS: number, onTrouble: (line: string) => void) {
    this.job = job;
    this.#settling = settling;
    this.#heartbeatMs = 1000 * heartbeatS;
    this.#onTrouble = onTrouble;
    this.#timer = setInterval(() => void this.#beat(), this.#heartbeatMs / 5);
  }

  /** Aborted when the block is another worker's, or may be: whatever is under way has to end. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async #beat(): Promise<void> {
    const begun = Date.now();
    try {
      if (await this.#settling.beat()) this.#lastBeat = begun;
      else this.#lose("the queue has given it to another worker, or somebody has taken it out");
    } catch (error) {
      this.#onTrouble(`the queue: ${messageOf(error)}`);
    }
    // The queue counts from the last word that has reached it, and gives the block away by itself.
    if (Date.now() - this.#lastBeat > this.#heartbeatMs) this.#lose("the queue has not answered for too long");
  }

  #lose(why: string): void {
    clearInterval(this.#timer);
    if (this.lost.aborted) return;
    this.#lost.abort(new LabError(`replicate ${this.job.replicate} of campaign ${this.job.campaign} is left: ${why}`));
  }

  /** Says how the block ended, once; again for as long as the queue does not answer and the block is not lost. */
  async #settle(say: () => Promise<void>): Promise<void> {
    if (this.#isSettled) return;
    this.#isSettled = true;
    try {
      while (!this.lost.aborted) {
        try {
          return await say();
        } catch (error) {
          this.#onTrouble(`the queue: ${messageOf(error)}`);
          await sleep(Math.min(2000, this.#heartbeatMs / 10), undefined, { signal: this.lost }).catch(() => {});
        }
      }
    } finally {
      clearInterval(this.#timer);
    }
  }

  /** Whatever could be measured of it is. @param output what came of it */
  done = (output: object): Promise<void> => this.#settle(() => this.#settling.done(output));

  /** Leaves it for whoever works for this pair next. */
  giveBack = (): Promise<void> => this.#settle(() => this.#settling.giveBack());

  /** Leaves it for another pair. @param pair undefined: for whichever comes first */
  moveTo = (pair: number | undefined): Promise<void> => this.#settle(() => this.#settling.moveTo(pair));
}
