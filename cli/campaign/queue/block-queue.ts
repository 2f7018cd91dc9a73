import { type Db, PgBoss } from "pg-boss";
import { LabError, messageOf } from "../../../lib/errors.ts";
import { type BlockJob, blockJobSchema } from "./block-job.ts";
import { affectedBy, HeldBlock, type Settling } from "./held-block.ts";

/** After which seconds what is believed of workers. */
export interface QueueTimes {
  /** A worker that says nothing for so long is taken for dead, and its block is given back. */
  heartbeat: number;
  /** How often somebody looks for such workers. */
  look: number;
  /** A block that waits for its pair for so long, and of which nothing is measured, is anybody's. */
  forgotten: number;
}
const standardTimes: QueueTimes = { heartbeat: 120, look: 30, forgotten: 600 };

export interface QueueOptions {
  /** How often the first connection is tried. */
  attempts?: number;
  /** Gets a line on what the database answers, where that is no answer. */
  onTrouble: (line: string) => void;
  times?: QueueTimes;
}

const schema = "sriov_rtt";
/** Blocks that are of no pair yet. */
const free = "blocks";
/** Those that a pair has taken: of these one at a time is under way, whoever works for the pair. */
const pairPattern = /^blocks-of-pair-(\d+)$/;
const queueOf = (pair: number) => `blocks-of-pair-${pair}`;
const pairOfQueue = (name: string): number | undefined => {
  const [, pair] = pairPattern.exec(name) ?? [];
  return pair === undefined ? undefined : Number(pair);
};

/** On which pair a block has runs. */
export type BegunOn = (job: BlockJob) => number | undefined | "elsewhere";

const day = 24 * 3600;
const unfinishedStates: readonly string[] = ["created", "retry", "active"];

/** A block that is in the queue and not done. */
export interface WaitingBlock {
  replicate: number;
  /** Whose it is; undefined for nobody's. */
  pair: number | undefined;
  isUnderWay: boolean;
}

/** Blocks of campaigns as jobs of pg-boss, in a schema of its own. Each is in one queue: of nobody, or of a pair. */
export class BlockQueue {
  readonly #boss: PgBoss;
  readonly #times: QueueTimes;
  readonly #onTrouble: (line: string) => void;
  readonly #made = new Set<string>();

  private constructor(boss: PgBoss, times: QueueTimes, onTrouble: (line: string) => void) {
    this.#boss = boss;
    this.#times = times;
    this.#onTrouble = onTrouble;
  }

  /**
   * Opens the queue, which is made where there is none.
   * @param url without a password
   * @throws LabError where the database cannot be used, with its reason
   */
  static async open(
    url: string,
    { attempts = 1, onTrouble, times = standardTimes }: QueueOptions,
  ): Promise<BlockQueue> {
    const boss = new PgBoss({
      ...{ connectionString: url, schema, schedule: false, max: 4 },
      ...{ superviseIntervalSeconds: times.look, monitorIntervalSeconds: times.look },
    });
    boss.on("error", (error) => onTrouble(`the queue: ${messageOf(error)}`));
    boss.on("warning", ({ message }) => onTrouble(`the queue: ${message}`));
    const queue = new BlockQueue(boss, times, onTrouble);
    try {
      await boss.start({ attempts });
      await queue.#need(free);
    } catch (error) {
      await boss.stop({ graceful: false }).catch(() => {});
      throw new LabError(
        `the queue cannot be used: ${messageOf(error)}; see to the database, or to --queue, PGPASSWORD and ~/.pgpass`,
      );
    }
    return queue;
  }

  /** Ends the connections. A database that is away keeps nobody from ending. */
  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false }).catch((error) => this.#onTrouble(`the queue: ${messageOf(error)}`));
  }

  /** Makes a queue where there is none. */
  async #need(name: string): Promise<string> {
    if (!this.#made.has(name))
      await this.#boss.createQueue(name, {
        policy: name === free ? "exclusive" : "singleton",
        heartbeatSeconds: this.#times.heartbeat,
        ...{ expireInSeconds: day, retentionSeconds: 365 * day, deleteAfterSeconds: 30 * day },
        retryLimit: 1_000_000, // a retry is a worker that died, and no fault of the block
      });
    this.#made.add(name);
    return name;
  }

  async #pairQueues(): Promise<string[]> {
    const names = (await this.#boss.getQueues()).map(({ name }) => name).filter((name) => pairPattern.test(name));
    for (const name of names) this.#made.add(name);
    return names;
  }

  /** Jobs of a queue that are not done. @param wanted what their data must have */
  async #unfinishedIn(name: string, wanted: Partial<BlockJob> = {}, db?: Db) {
    const found = await this.#boss.findJobs(name, { data: wanted, limit: 100_000, ...(db && { db }) });
    return found.filter(({ state }) => unfinishedStates.includes(state));
  }

  /** Blocks of a campaign that are not done. */
  async unfinished(campaign: string): Promise<WaitingBlock[]> {
    const blocks: WaitingBlock[] = [];
    const readFrom = async (name: string, db: Db) => {
      for (const { data, state } of await this.#unfinishedIn(name, { campaign }, db)) {
        const { replicate } = blockJobSchema.parse(data);
        blocks.push({ replicate, pair: pairOfQueue(name), isUnderWay: state === "active" });
      }
    };
    await this.#inTransaction(async (db) => {
      // All queues as they are at one moment: a block that is moved meanwhile is in one of them.
      await db.executeSql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      await readFrom(free, db);
      for (const name of await this.#pairQueues()) await readFrom(name, db);
      return true;
    });
    return blocks.sort((a, b) => a.replicate - b.replicate);
  }

  /**
   * Adds a block, unless it is there.
   * @param pair on which it was begun; undefined for none
   * @returns whether it was added
   */
  async add(job: BlockJob, pair: number | undefined): Promise<boolean> {
    const { campaign, replicate } = job;
    if ((await this.unfinished(campaign)).some((block) => block.replicate === replicate)) return false;
    const name = await this.#need(pair === undefined ? free : queueOf(pair));
    return (await this.#send(name, job)) !== null;
  }

  #send(name: string, job: BlockJob, db?: Db): Promise<string | null> {
    const key = name === free ? { singletonKey: `${job.campaign}/${job.replicate}` } : {};
    return this.#boss.send(name, job, { ...key, ...(db && { db }) });
  }

  /** Runs `body` in a transaction, which takes place where it says so. */
  async #inTransaction(body: (db: Db) => Promise<boolean>): Promise<boolean> {
    const transaction = await this.#boss.getDb().beginTransaction?.();
    if (transaction === undefined) throw new Error("this database has no transactions");
    try {
      const takesPlace = await body(transaction.db);
      if (takesPlace) await transaction.commit();
      return takesPlace;
    } finally {
      await transaction.rollback();
    }
  }

  /**
   * The next block for a pair, which is the pair's from now on: one that it has, else one of nobody's, else one that was forgotten.
   * None while somebody else works for the pair.
   * @param begunOn on which pair a block has runs; "elsewhere" for one that this machine cannot measure, which is passed over
   */
  async take(pair: number, begunOn: BegunOn): Promise<HeldBlock | undefined> {
    const ownQueue = await this.#need(queueOf(pair));
    const held = await this.#hold(ownQueue);
    if (held !== undefined) return held;
    if ((await this.#unfinishedIn(ownQueue)).length > 0) return undefined;
    if (await this.#takeFree(pair, begunOn)) return this.#hold(ownQueue);
    for (const source of await this.#pairQueues())
      if (source !== ownQueue && (await this.#takeForgotten(pair, source, begunOn))) return this.#hold(ownQueue);
    return undefined;
  }

  /** Takes the first of nobody's blocks to a pair that can be measured here. Of two who want the same one gets it. */
  async #takeFree(pair: number, begunOn: BegunOn): Promise<boolean> {
    for (const { id, data } of await this.#unfinishedIn(free)) {
      const job = blockJobSchema.parse(data);
      const begun = begunOn(job);
      if (begun === "elsewhere") continue;
      if (await this.#inTransaction((db) => this.#moveWithin(db, free, id, job, begun ?? pair))) return true;
    }
    return false;
  }

  /** Takes the first block of another pair's queue that was forgotten there and of which nothing is measured. */
  async #takeForgotten(pair: number, source: string, begunOn: BegunOn): Promise<boolean> {
    const isWaiting = (job: { state: string; startAfter: Date }) => job.state !== "active" && this.#isForgotten(job);
    if (!(await this.#unfinishedIn(source)).some(isWaiting)) return false;
    return this.#inTransaction(async (db) => {
      // What is fetched is nobody else's for as long as the transaction lasts.
      const [found] = await this.#boss.fetch<unknown>(source, { db, includeMetadata: true });
      if (found === undefined || !this.#isForgotten(found)) return false;
      const job = blockJobSchema.parse(found.data);
      return begunOn(job) === undefined && this.#moveWithin(db, source, found.id, job, pair);
    });
  }

  /** Moves a block to a pair's queue: it is never in none and never in two. @returns whether it was still there */
  async #moveWithin(db: Db, source: string, id: string, job: BlockJob, pair: number): Promise<boolean> {
    if (affectedBy(await this.#boss.deleteJob(source, id, { db })) === 0) return false;
    if (!(await this.#isInAnother(source, job, db))) await this.#send(await this.#need(queueOf(pair)), job, db);
    return true;
  }

  /** Whether it waits for longer than a pair that is there would leave it. */
  #isForgotten({ startAfter }: { startAfter: Date }): boolean {
    return Date.now() - startAfter.getTime() > 1000 * this.#times.forgotten;
  }

  async #isInAnother(source: string, { campaign, replicate }: BlockJob, db: Db): Promise<boolean> {
    for (const name of await this.#pairQueues())
      if (name !== source && (await this.#unfinishedIn(name, { campaign, replicate }, db)).length > 0) return true;
    return false;
  }

  async #hold(name: string): Promise<HeldBlock | undefined> {
    const [found] = await this.#boss.fetch<unknown>(name, { includeMetadata: true });
    if (found === undefined) return undefined;
    const { id, retryCount } = found;
    const claim = { id, retryCount };
    const settling: Settling = {
      beat: async () => affectedBy(await this.#boss.touch(name, claim)) > 0,
      done: async (output) => void (await this.#boss.complete(name, claim, output)),
      giveBack: async () => void (await this.#boss.fail(name, claim)),
      moveTo: async (pair) => {
        const to = await this.#need(pair === undefined ? free : queueOf(pair));
        await this.#inTransaction(async (db) => {
          if (affectedBy(await this.#boss.deleteJob(name, claim, { db })) === 0) return false;
          await this.#send(to, blockJobSchema.parse(found.data), db);
          return true;
        });
      },
    };
    return new HeldBlock(blockJobSchema.parse(found.data), settling, this.#times.heartbeat, this.#onTrouble);
  }
}
