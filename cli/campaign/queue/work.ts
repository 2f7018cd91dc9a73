import { setTimeout as sleep } from "node:timers/promises";
import { LabError, messageOf } from "../../../lib/errors.ts";
import type { Progress } from "../../../lib/progress.ts";
import { untilStored } from "../../bucket/until-stored.ts";
import type { Interruption } from "../../interrupt.ts";
import { estimatesOf } from "../campaign.ts";
import { Deal } from "../deal.ts";
import { secondsUntilDone } from "../estimate.ts";
import type { CampaignOutcome, CampaignSteps } from "../measure.ts";
import { measureCampaign, outcomeWithout, type WorkingPair } from "../measure-campaign.ts";
import type { NumberedPair } from "../pairs.ts";
import { deployWithStore } from "../store/with-store.ts";
import { firstLine } from "../summary.ts";
import type { PlanningPlace } from "./block-job.ts";
import type { BlockQueue } from "./block-queue.ts";
import type { HeldBlock } from "./held-block.ts";
import { JobPlans } from "./job-plans.ts";

/** What a worker needs besides its pairs. */
export interface WorkerGround extends PlanningPlace {
  queue: BlockQueue;
  interruption: Interruption;
  /** Whether nothing further is to be taken up. */
  isOver: () => boolean;
  /** How often it looks for a block, in milliseconds. */
  lookMs: number;
  /** Gets a line that may be told again and again. */
  say: (line: string) => void;
}

/** A pair of servers that a worker measures on. */
export interface PairOfWorker extends NumberedPair {
  progress: Progress;
  /** The pair with a stack that is ended by this interruption. */
  working: (interruption: Interruption) => WorkingPair;
}

/** A job of a queue ends after a day, whoever has it: a block that takes longer is given back, and taken up again. */
const hoursOfBlock = 12;

/** While there is nothing to do, what a store has is asked for so often. */
const knownForMs = 30_000;

/** What became of a block, as the queue keeps it: no reasons, which name servers and keys. They stand in the journal. */
const outputOf = ({ measured, skipped, failed }: CampaignOutcome) => ({
  ...{ measured: measured.length, skipped: skipped.length },
  failed: failed.map(({ name }) => name),
});

/** A pair of servers for which a worker takes one block after the other. */
class PairAtWork {
  readonly #pair: PairOfWorker;
  readonly #ground: WorkerGround;
  readonly #jobs: JobPlans;

  constructor(pair: PairOfWorker, ground: WorkerGround) {
    this.#pair = pair;
    this.#ground = ground;
    this.#jobs = new JobPlans(pair, ground);
  }

  async #take(): Promise<HeldBlock | undefined> {
    const { queue, interruption, isOver, runs, say } = this.#ground;
    if (interruption.asked.aborted || isOver()) return undefined;
    try {
      await runs.store.look(knownForMs);
      return await queue.take(this.#pair.number, this.#jobs.begunOnOrElsewhere);
    } catch (error) {
      say(error instanceof LabError ? error.message : `the queue: ${messageOf(error)}`);
      return undefined;
    }
  }

  /**
   * Measures what is missing of a block.
   * @param asked ends it after what is under way
   * @returns also why nothing further is to be deployed on the pair, where that is so
   */
  async #measure(
    held: HeldBlock,
    deploy: CampaignSteps["deploy"],
    asked: AbortSignal,
  ): Promise<{ outcome: CampaignOutcome; endsPair: string | undefined }> {
    const { runs } = this.#ground;
    const { number, progress } = this.#pair;
    const { campaign, block } = this.#jobs.plan(held.job);
    const deal = new Deal([block], new Map([[block.replicate, number]]), [number], (each) => runs.isMeasured(each));
    if (deal.toDo.length === 0) return { outcome: outcomeWithout(deal), endsPair: undefined };
    const journal = campaign.journal.ofPair(number);
    const estimate = estimatesOf(campaign, campaign.journal.read());
    const outcome = await measureCampaign(
      deal,
      [
        {
          number,
          progress,
          withStack: (body) => body(deployWithStore(deploy, runs, asked, this.#ground.say)),
          tidy: async () => {},
        },
      ],
      {
        look: (deployment) => runs.look(deployment),
        secondsUntilDone: (left) => secondsUntilDone(left, estimate),
        attempts: held.job.attempts,
        // When the campaign begins and ends, the command that has queued it writes down.
        journal: {
          append: (entry) => (entry.event === "begun" || entry.event === "ended" ? undefined : journal.append(entry)),
        },
        ...{ progress, asked },
      },
    );
    await runs.remember();
    return { outcome, endsPair: deal.whyDismissed(number) };
  }

  /**
   * Measures a block and tells the queue how it ended.
   * @throws LabError where the pair is to be given no further block
   */
  async #work(held: HeldBlock, deploy: CampaignSteps["deploy"], asked: AbortSignal): Promise<void> {
    const { number } = this.#pair;
    const { runs, say } = this.#ground;
    if (!(await untilStored(() => runs.store.look(0), asked, say))) return this.#leave(held);
    const begunOn = this.#jobs.begunOn(held.job);
    if (begunOn !== undefined && begunOn !== number) return held.moveTo(begunOn);
    const late = AbortSignal.timeout(hoursOfBlock * 3_600_000);
    const { outcome, endsPair } = await this.#measure(held, deploy, AbortSignal.any([asked, late]));
    // It is done when everybody can have its runs.
    await untilStored(() => runs.store.bring(), asked, say);
    const { measured, skipped, failed, left } = outcome;
    const hasSome = measured.length + skipped.length > 0;
    if (asked.aborted) return this.#leave(held);
    if (late.aborted && left.length > 0 && endsPair === undefined) return held.giveBack();
    const why = endsPair ?? left[0]?.why;
    if (why !== undefined) await this.#leave(held);
    else await held.done(outputOf(outcome));
    // Nothing further is deployed there, also where what ended it was the last of the block.
    if (why !== undefined || !hasSome)
      throw new LabError(firstLine(why ?? failed.at(-1)?.error ?? "nothing could be measured"));
  }

  /** Gives a block back: to whoever works for this pair where it has runs here, else to whichever pair comes first. */
  async #leave(held: HeldBlock): Promise<void> {
    await (this.#jobs.isUntouched(held.job) ? held.moveTo(undefined) : held.giveBack());
  }

  /** Measures a block, and all that come after it at once, on one stack. */
  async #workFrom(first: HeldBlock): Promise<void> {
    const { asked, tellChildren } = this.#ground.interruption;
    const lost = new AbortController();
    const ended = AbortSignal.any([asked, lost.signal]);
    const ofSession = { asked: ended, tellChildren: AbortSignal.any([tellChildren, lost.signal]) };
    let held: HeldBlock | undefined = first;
    try {
      await this.#pair.working(ofSession).withStack(async (deploy) => {
        while (held !== undefined) {
          const { lost: isLost, job } = held;
          isLost.addEventListener("abort", () => lost.abort(isLost.reason));
          this.#pair.progress.say(`replicate ${job.replicate} of campaign ${job.campaign}`);
          await this.#work(held, deploy, ended);
          held = ended.aborted ? undefined : await this.#take();
        }
      });
    } catch (error) {
      if (held !== undefined) await this.#leave(held);
      if (!ended.aborted) throw error;
    }
    if (lost.signal.aborted) this.#pair.progress.say(messageOf(lost.signal.reason));
  }

  /** Works until nothing further is to be taken up. */
  async run(): Promise<void> {
    const { interruption, isOver, lookMs } = this.#ground;
    for (let isFirst = true; !interruption.asked.aborted && !isOver(); isFirst = false) {
      const held = await this.#take();
      if (held !== undefined) await this.#workFrom(held);
      // What a worker that was killed has left stands on servers that may have nothing to do for days.
      else if (isFirst) await this.#pair.working(interruption).tidy();
      else await sleep(lookMs, undefined, { signal: interruption.asked }).catch(() => {});
    }
  }
}

/**
 * Takes blocks from a queue, each pair one after the other, until an end is asked for. A pair that measured nothing of a block, or whose
 * servers need the user, is given no further one, and the others go on.
 * @throws LabError with why pairs were given no further block
 */
export async function workOnPairs(pairs: readonly PairOfWorker[], ground: WorkerGround): Promise<void> {
  // What a worker that was killed has measured, and did not bring any more.
  await ground.runs.store.bring().catch((error: unknown) => ground.say(messageOf(error)));
  const failures: { pair: PairOfWorker; error: unknown }[] = [];
  const run = async (pair: PairOfWorker) => {
    try {
      await new PairAtWork(pair, ground).run();
    } catch (error) {
      failures.push({ pair, error });
      if (pairs.length > 1) pair.progress.say(`given no further block: ${messageOf(error)}`);
    }
  };
  await Promise.all(pairs.map(run));
  if (failures.length === 0) return;
  const exitCode = failures.some(({ error }) => error instanceof LabError && error.exitCode === 2) ? 2 : 1;
  const words = failures.map(({ pair, error }) => `pair ${pair.number} is given no further block: ${messageOf(error)}`);
  throw new LabError(words.join("\n"), { exitCode });
}
