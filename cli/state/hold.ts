import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { LabError, messageOf } from "../../lib/errors.ts";
import type { Bucket } from "../bucket/bucket.ts";
import { StoreError } from "../bucket/store-error.ts";
import { untilStored } from "../bucket/until-stored.ts";
import type { Interruption } from "../interrupt.ts";

/*
 * Who drives a stack whose state is in a bucket says so there, again and again, in an object beside the state. Pulumi's own lock is there
 * during an operation only, and stays when its holder is killed. By this one is known who lives, without anybody's clock: what has changed
 * while one looked was written by somebody.
 */

const holdSchema = z.object({
  /** Whose machine and checkout, as a lease names it. */
  operator: z.string(),
  who: z.string(),
  pid: z.int(),
  /** Of this one time. */
  mark: z.string(),
  beats: z.int(),
  isOver: z.boolean(),
});
type Hold = z.infer<typeof holdSchema>;

/** That another one has taken a stack that this process held: nothing further is deployed by it, and nothing taken down. */
export class TakenOverError extends LabError {}

/** What is asked of a bucket. */
export type HoldStore = Pick<Bucket, "address" | "list" | "get" | "put">;

const usual = { beatMs: 30_000, watchMs: 75_000 };

export interface HoldOptions {
  /** The place of the state. */
  bucket: HoldStore;
  stack: string;
  /** Who holds it. */
  holder: Pick<Hold, "operator" | "who">;
  say: (line: string) => void;
  /** How often a holder says that it lives, and how long another one looks for that; milliseconds. */
  times?: { beatMs: number; watchMs: number };
}

const nameOf = (stack: string) => `held/${stack}.json`;

/** Who holds a stack or has held it last; undefined: nobody has. @throws LabError with what the store says, or that it is not understood */
export async function holdOf(bucket: HoldStore, stack: string): Promise<Hold | undefined> {
  const listed = (await bucket.list(nameOf(stack))).find(({ name }) => name === nameOf(stack));
  if (listed === undefined) return undefined;
  try {
    return holdSchema.parse(JSON.parse((await bucket.get(listed)).toString()));
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new LabError(
      `${listed.name} in ${bucket.address} says nothing that this version understands; remove it there`,
    );
  }
}

/**
 * Looks for as long as it takes to tell whether another one than `holder` drives a stack.
 * @throws LabError that names him, where he has said meanwhile that he lives
 */
async function refuseHeld(options: HoldOptions, asked: AbortSignal): Promise<void> {
  const { bucket, stack, holder, say, times: { watchMs } = usual } = options;
  const first = await holdOf(bucket, stack);
  if (first === undefined || first.isOver || first.operator === holder.operator) return;
  say(`watching for ${Math.ceil(watchMs / 1000)} s whether ${first.who} still drives stack ${stack}`);
  for (const end = performance.now() + watchMs; performance.now() < end; ) {
    await sleep(watchMs / 15, undefined, { signal: asked }).catch(() => {});
    asked.throwIfAborted();
    const now = await holdOf(bucket, stack);
    if (now === undefined || now.isOver) return;
    if (now.mark !== first.mark || now.beats !== first.beats)
      throw new LabError(
        `stack ${stack} in ${bucket.address} is in use by ${now.who}, process ${now.pid}, who has said so just now; end that command there, and run this again`,
      );
  }
}

/** A stack that is held, until it is let go or lost. */
class HeldStack {
  readonly #options: HoldOptions;
  readonly #lost = new AbortController();
  readonly #mark = randomBytes(8).toString("hex");
  #beats = 0;
  #beating: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HoldOptions) {
    this.#options = options;
  }

  /** Aborted when another one has taken it. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  #write(isOver: boolean): Promise<void> {
    const { bucket, stack, holder } = this.#options;
    this.#beats += 1;
    const hold: Hold = { ...holder, pid: process.pid, mark: this.#mark, beats: this.#beats, isOver };
    return bucket.put(nameOf(stack), Buffer.from(`${JSON.stringify(hold)}\n`));
  }

  async take(): Promise<void> {
    await this.#write(false);
    const { beatMs } = this.#options.times ?? usual;
    this.#timer = setInterval(() => {
      this.#beating = this.#beating.then(() => this.#beat());
    }, beatMs).unref();
  }

  async #isOurs(): Promise<boolean> {
    const { bucket, stack } = this.#options;
    const there = await holdOf(bucket, stack);
    if (there === undefined || there.mark === this.#mark) return true;
    clearInterval(this.#timer);
    this.#lost.abort(
      new TakenOverError(
        `stack ${stack} in ${bucket.address} was taken over by ${there.who}, process ${there.pid}, and nothing further is done with it here`,
      ),
    );
    return false;
  }

  /** @throws TakenOverError where another one has taken it; StoreError with what the store says */
  async confirm(): Promise<void> {
    if (!this.lost.aborted) await this.#isOurs();
    this.lost.throwIfAborted();
  }

  async #beat(): Promise<void> {
    try {
      if (!this.lost.aborted && (await this.#isOurs())) await this.#write(false);
    } catch (error) {
      this.#options.say(messageOf(error)); // it may answer the next time
    }
  }

  async letGo(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    try {
      if (!this.lost.aborted && (await this.#isOurs())) await this.#write(true);
    } catch (error) {
      this.#options.say(messageOf(error)); // others then watch before they take it
    }
  }
}

/** A stack for the one who holds it. */
export interface Held {
  /** Also comes when another one has taken the stack. */
  interruption: Interruption;
  /** Asks whether it is still held. @throws TakenOverError where it is not; StoreError with what the store says */
  confirm?: () => Promise<void>;
}

/**
 * Runs `body`, which drives a stack, while this process holds it.
 * @throws LabError where another one holds it
 */
export async function withHold<T>(
  options: HoldOptions,
  { asked, tellChildren }: Interruption,
  body: (held: Held) => Promise<T>,
): Promise<T> {
  const held = new HeldStack(options);
  const take = async () => {
    await refuseHeld(options, asked);
    await held.take();
  };
  await untilStored(take, asked, options.say);
  asked.throwIfAborted();
  try {
    const orLost = (signal: AbortSignal) => AbortSignal.any([signal, held.lost]);
    return await body({
      interruption: { asked: orLost(asked), tellChildren: orLost(tellChildren) },
      confirm: () => held.confirm(),
    });
  } finally {
    await held.letGo();
  }
}
