import { LabError, messageOf } from "../../../lib/errors.ts";
import { filesOfJournal, journalFile } from "../journal.ts";
import { measuredOn } from "../measured-on.ts";
import type { NumberedPair } from "../pairs.ts";
import { type BlockJob, type PlannedBlock, type PlanningPlace, plannedBlock } from "./block-job.ts";

/** A block that this machine could not plan may become one that it can: a shared directory shows late what others have written. */
const passedOverMs = 60_000;

/** What a worker plans of queued blocks for a pair, each once. */
export class JobPlans {
  readonly #pair: NumberedPair;
  readonly #ground: PlanningPlace & { say: (line: string) => void };
  readonly #planned = new Map<string, PlannedBlock>();
  /** Until when blocks are left to other machines. */
  readonly #passedOver = new Map<string, number>();

  constructor(pair: NumberedPair, ground: PlanningPlace & { say: (line: string) => void }) {
    this.#pair = pair;
    this.#ground = ground;
  }

  /** A queued block for this pair. @throws LabError (exit code 2) where this machine cannot measure what is queued */
  plan(job: BlockJob): PlannedBlock {
    const { results, store } = this.#ground.runs;
    if (filesOfJournal(journalFile(results, job.campaign)).length === 0)
      throw new LabError(
        `--results ${JSON.stringify(store.address ?? results)} is not allowed: campaign ${job.campaign} is in the queue, and has no journal there; ` +
          "allowed: the directory or bucket of the command that has queued it, shared by all machines",
        { exitCode: 2 },
      );
    const key = `${job.plan.sha256} ${job.replicate}`;
    const known = this.#planned.get(key);
    if (known !== undefined) return known;
    const planned = plannedBlock(job, this.#pair, this.#ground);
    for (const line of planned.campaign.notes) this.#ground.say(line);
    this.#planned.set(key, planned);
    return planned;
  }

  /**
   * The pair on which a block has runs; undefined for none.
   * @throws LabError (exit code 2) where this machine cannot measure it
   */
  begunOn = (job: BlockJob): number | undefined => measuredOn(this.#ground.runs)(this.plan(job).block);

  /** The same of nobody's blocks: one that is not planned here is for other machines, and is planned again after a while. */
  begunOnOrElsewhere = (job: BlockJob): number | undefined | "elsewhere" => {
    const key = `${job.plan.sha256} ${job.replicate}`;
    if (Date.now() < (this.#passedOver.get(key) ?? 0)) return "elsewhere";
    try {
      return this.begunOn(job);
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      this.#ground.say(messageOf(error));
      this.#passedOver.set(key, Date.now() + passedOverMs);
      return "elsewhere";
    }
  };

  /** Whether a block has no runs; not where this machine cannot tell. */
  isUntouched(job: BlockJob): boolean {
    try {
      return this.begunOn(job) === undefined;
    } catch {
      return false;
    }
  }
}
