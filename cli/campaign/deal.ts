import type { Block, PairsOfBlocks } from "./blocks.ts";
import type { PlannedDeployment } from "./deployments.ts";
import type { SharedWork } from "./estimate.ts";

/** Why something was not measured for which there was no pair. */
export const noPairLeft = "no pair of servers was left to measure it";

/** A block with what is measured of it and what is not, on its pair. Of one that was not begun nothing is, on any pair. */
interface Dealt {
  block: Block;
  pair: number | undefined;
  measured: PlannedDeployment[];
  open: PlannedDeployment[];
}

/** A block that a pair has taken up, with what is not measured of it. */
export interface TakenBlock {
  replicate: number;
  /** Whether some of it was measured before. */
  isBegun: boolean;
  open: readonly PlannedDeployment[];
}

/**
 * Blocks as they are dealt to pairs of servers that are free: a block that was begun on a pair goes to no other one. Does no I/O but
 * for asking what is measured, once a block.
 */
export class Deal {
  readonly #blocks: Dealt[];
  readonly #pairs: readonly number[];
  readonly #underWay = new Map<number, readonly PlannedDeployment[]>();
  readonly #dismissed = new Map<number, string>();
  #waiting: Dealt[];

  /**
   * @param begun on which pair each block was begun
   * @param pairs those that there are
   */
  constructor(
    blocks: readonly Block[],
    begun: PairsOfBlocks,
    pairs: readonly number[],
    isMeasured: (deployment: PlannedDeployment) => boolean,
  ) {
    this.#pairs = pairs;
    this.#blocks = blocks.map((block) => {
      const pair = begun.get(block.replicate);
      if (pair === undefined) return { block, pair, measured: [], open: [...block.planned] };
      const deployments = block.on(pair);
      const measured = deployments.filter(isMeasured);
      return { block, pair, measured, open: deployments.filter((each) => !measured.includes(each)) };
    });
    this.#waiting = this.#blocks.filter(({ open }) => open.length > 0);
  }

  /** What was measured before, in the order of the plan. */
  get measured(): PlannedDeployment[] {
    return this.#blocks.flatMap(({ measured }) => measured);
  }

  /** What is missing, whoever it is for. */
  get missing(): PlannedDeployment[] {
    return this.#blocks.flatMap(({ open }) => open);
  }

  /** What is missing and for one of these pairs. */
  get toDo(): PlannedDeployment[] {
    return this.#blocks.flatMap(({ pair, open }) => (pair === undefined || this.#pairs.includes(pair) ? open : []));
  }

  /** Blocks that are not done and were begun on a pair that there is not. */
  get elsewhere(): { replicate: number; pair: number }[] {
    return this.#waiting.flatMap(({ block: { replicate }, pair }) =>
      pair === undefined || this.#pairs.includes(pair) ? [] : [{ replicate, pair }],
    );
  }

  #nextFor(number: number): Dealt | undefined {
    const firstOf = (wanted: number | undefined) => this.#waiting.find(({ pair }) => pair === wanted);
    return firstOf(number) ?? firstOf(undefined);
  }

  /** Whether there is a block for a pair. */
  hasFor(pair: number): boolean {
    return !this.#dismissed.has(pair) && this.#nextFor(pair) !== undefined;
  }

  /** The next block for a pair, which is the pair's from now on: one that it has begun, else one that nobody has; undefined for none. */
  take(pair: number): TakenBlock | undefined {
    const next = this.hasFor(pair) ? this.#nextFor(pair) : undefined;
    if (next === undefined) return undefined;
    this.#waiting = this.#waiting.filter((each) => each !== next);
    const { replicate } = next.block;
    if (next.pair === undefined) {
      next.open = [...next.block.on(pair)];
      next.pair = pair;
    }
    return { replicate, isBegun: next.measured.length > 0, open: next.open };
  }

  /** Says what of its block a pair has still before it, what it is busy with included. */
  underWay(pair: number, open: readonly PlannedDeployment[]): void {
    this.#underWay.set(pair, open);
  }

  /** Gives a pair no further block. @param why in words */
  dismiss(pair: number, why: string): void {
    this.#dismissed.set(pair, why);
    this.#underWay.delete(pair);
  }

  /** Why a pair was given no further block, in words; undefined where it was not said. */
  whyDismissed(pair: number): string | undefined {
    return this.#dismissed.get(pair);
  }

  /** What is left of the work, for the pairs that still do some. */
  get left(): SharedWork<PlannedDeployment> {
    const working = this.#pairs.filter((pair) => !this.#dismissed.has(pair));
    const waitingFor = (number: number | undefined) => this.#waiting.filter(({ pair }) => pair === number);
    return {
      own: working.map((pair) => [
        ...(this.#underWay.get(pair) ?? []),
        ...waitingFor(pair).flatMap(({ open }) => open),
      ]),
      free: waitingFor(undefined).map(({ open }) => open),
    };
  }

  /** What nobody has taken up, and whose it is: null for nobody's. With why, where it is not for want of time. */
  get untaken(): { deployment: PlannedDeployment; pair: number | null; why?: string }[] {
    return this.#waiting.flatMap(({ pair, open }) => {
      const why = pair === undefined ? this.#whyNobody() : this.#whyNotFor(pair);
      const rest = { pair: pair ?? null, ...(why !== undefined && { why }) };
      return open.map((deployment) => ({ deployment, ...rest }));
    });
  }

  /** Why no pair is given any further block; undefined where one is. */
  #whyNobody(): string | undefined {
    const reasons = this.#pairs.map((pair) => this.#dismissed.get(pair));
    if (reasons.length === 0 || reasons.includes(undefined)) return undefined;
    return `${noPairLeft}: ${[...new Set(reasons)].join("; ")}`;
  }

  #whyNotFor(pair: number): string | undefined {
    if (!this.#pairs.includes(pair)) return `begun on pair ${pair}, which is not among these`;
    const why = this.#dismissed.get(pair);
    return why === undefined ? undefined : `begun on pair ${pair}, which is given no further block: ${why}`;
  }
}
