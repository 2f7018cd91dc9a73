import { messageOf } from "../../lib/errors.ts";
import { identify } from "../../lib/process-identity.ts";
import type { Progress } from "../../lib/progress.ts";
import { type Deal, noPairLeft, type TakenBlock } from "./deal.ts";
import type { PlannedDeployment } from "./deployments.ts";
import { type SharedWork, timeLeftText } from "./estimate.ts";
import { type CampaignOutcome, type CampaignSteps, entryOf, failureOf } from "./measure.ts";
import { firstLine } from "./summary.ts";

/** A pair of servers that a campaign measures on. */
export interface WorkingPair {
  number: number;
  progress: Progress;
  /** Runs `body` with a stack of the pair's own, and takes down what it deployed, also when `body` fails. */
  withStack: (body: (deploy: CampaignSteps["deploy"]) => Promise<void>) => Promise<void>;
  /** Takes down what an earlier command that was killed left of the stack, or tells that it stays. Never throws for it. */
  tidy: () => Promise<void>;
}

/** What a campaign needs besides its pairs. */
export interface CampaignGround extends Omit<CampaignSteps, "deploy"> {
  /** Seconds until all of this is measured, where that is known. */
  secondsUntilDone: (left: SharedWork<PlannedDeployment>) => number | undefined;
}

/** A journal that says once that it cannot be written: what is measured counts without it. */
function patientJournal(journal: CampaignSteps["journal"], progress: Progress): CampaignSteps["journal"] {
  let isSaid = false;
  return {
    append(entry) {
      try {
        journal.append(entry);
      } catch (error) {
        if (!isSaid)
          progress.say(`the campaign's journal cannot be written, and is not from here on: ${messageOf(error)}`);
        isSaid = true;
      }
    },
  };
}

/** A campaign that is under way. */
class Measuring {
  readonly #deal: Deal;
  readonly #ground: CampaignGround;
  readonly #hasOthers: boolean;
  readonly #all: number;
  /** What became of each deployment that was tried, in the order in which they ended; undefined for measured. */
  readonly ended = new Map<PlannedDeployment, string | undefined>();
  /** Why those of a block were not tried whose pair was given nothing further. */
  readonly left = new Map<PlannedDeployment, string>();
  /** Why pairs could not be used. */
  readonly failures: unknown[] = [];
  #begun = 0;

  constructor(deal: Deal, pairs: number, ground: CampaignGround) {
    this.#deal = deal;
    this.#ground = ground;
    this.#hasOthers = pairs > 1;
    this.#all = deal.toDo.length;
  }

  /**
   * Measures what is missing of a block, one deployment after the other.
   * @returns whether any of it is measured, and why nothing further is deployed on this pair, where that is so, which ends it
   */
  async #measureBlock(
    { replicate, isBegun, open }: TakenBlock,
    pair: WorkingPair,
    steps: CampaignSteps,
  ): Promise<{ isAny: boolean; endsPair: string | undefined }> {
    steps.journal.append({ event: "dealt", replicate, pair: pair.number });
    let isAny = isBegun;
    let endsPair: string | undefined;
    for (const [index, deployment] of open.entries()) {
      if (steps.asked.aborted || endsPair !== undefined) break;
      this.#deal.underWay(pair.number, open.slice(index));
      this.#begun += 1;
      const left = timeLeftText(this.#ground.secondsUntilDone(this.#deal.left));
      const { plot } = deployment.order;
      const where = `replicate ${replicate}${plot === undefined ? "" : `, whole plot ${plot}`}`;
      const label = `[${this.#begun}/${this.#all}${left}] ${where}: ${deployment.scenario.name}`;
      const failure = await failureOf(deployment, label, steps);
      if (failure === undefined || !steps.asked.aborted) this.ended.set(deployment, failure?.error);
      isAny ||= failure === undefined;
      endsPair = failure?.endsPair;
    }
    this.#deal.underWay(pair.number, []);
    if (endsPair !== undefined) for (const each of open) if (!this.ended.has(each)) this.left.set(each, endsPair);
    return { isAny, endsPair };
  }

  /** Measures on a pair for as long as there is a block for it. Where there is none from the beginning the pair is tidied. */
  async workOn(pair: WorkingPair): Promise<void> {
    const { asked } = this.#ground;
    if (asked.aborted) return;
    if (!this.#deal.hasFor(pair.number)) return pair.tidy();
    const dismiss = (why: string) => {
      this.#deal.dismiss(pair.number, firstLine(why));
      pair.progress.say(`given no further block: ${why}`);
    };
    try {
      await pair.withStack(async (deploy) => {
        const steps = { ...this.#ground, deploy, progress: pair.progress };
        for (let block = this.#next(pair); block !== undefined; block = this.#next(pair)) {
          const { isAny, endsPair } = await this.#measureBlock(block, pair, steps);
          if (endsPair !== undefined) return dismiss(endsPair);
          // A pair that is dead would begin one block after the other, which the others could measure.
          if (!isAny && this.#hasOthers && !asked.aborted)
            return dismiss(`nothing of replicate ${block.replicate} could be measured`);
        }
      });
    } catch (error) {
      this.failures.push(error);
      if (this.#hasOthers && !asked.aborted) dismiss(messageOf(error));
    }
  }

  #next = (pair: WorkingPair): TakenBlock | undefined =>
    this.#ground.asked.aborted ? undefined : this.#deal.take(pair.number);
}

/**
 * What a campaign has come to.
 * @param ended what became of those that were tried; undefined for measured
 * @param left why some of the rest were not tried
 * @param otherwise why the others were not, unless their pair says
 */
function outcomeOf(deal: Deal, { ended, left }: Pick<Measuring, "ended" | "left">, otherwise: string): CampaignOutcome {
  const untaken = new Map(deal.untaken.map(({ deployment, ...rest }) => [deployment, rest]));
  const outcome: CampaignOutcome = { measured: [], skipped: deal.measured.map(entryOf), failed: [], left: [] };
  for (const deployment of deal.missing) {
    const entry = entryOf(deployment);
    const error = ended.get(deployment);
    if (error !== undefined) outcome.failed.push({ ...entry, error });
    else if (ended.has(deployment)) outcome.measured.push(entry);
    else outcome.left.push({ ...entry, why: left.get(deployment) ?? otherwise, ...untaken.get(deployment) });
  }
  return outcome;
}

/** What a campaign comes to of which nothing can be measured on these pairs. */
export const outcomeWithout = (deal: Deal): CampaignOutcome =>
  outcomeOf(deal, { ended: new Map(), left: new Map() }, noPairLeft);

/**
 * Measures what is missing, each pair one block after the other. What is measured and valid is left alone; a deployment that fails is
 * tried again, then remembered, and the next one's turn comes. What failed stands in the outcome and in the journal. Of several pairs
 * one that cannot be used, or that measured nothing of a block, is given no further one, and the others go on.
 * @throws what a pair that is alone cannot be used for
 */
export async function measureCampaign(
  deal: Deal,
  pairs: readonly WorkingPair[],
  given: CampaignGround,
): Promise<CampaignOutcome> {
  const ground = { ...given, journal: patientJournal(given.journal, given.progress) };
  const { missing, measured } = deal;
  ground.journal.append({
    ...{ event: "begun", deployments: missing.length + measured.length, missing: missing.length },
    process: identify(process.pid),
  });
  const measuring = new Measuring(deal, pairs.length, ground);
  await Promise.all(pairs.map((pair) => measuring.workOn(pair)));
  if (pairs.length === 1 && measuring.failures.length > 0) throw measuring.failures[0];
  const isInterrupted = ground.asked.aborted;
  ground.journal.append({ event: "ended", why: isInterrupted ? "interrupted" : "done" });
  return outcomeOf(deal, measuring, isInterrupted ? "interrupted before it was measured" : noPairLeft);
}
