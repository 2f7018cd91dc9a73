import { LabError, messageOf } from "./errors.ts";

/** What several failures are thrown as: the one itself, or an error with the messages of all. */
function failureOf(reasons: readonly unknown[]): unknown {
  if (reasons.length === 1) return reasons[0];
  const messages = [...new Set(reasons.map(messageOf))].join("\n");
  return new LabError(messages, { cause: new AggregateError(reasons) });
}

/**
 * Waits until all have ended, also when one fails: nothing goes on behind the back of who handles the failure.
 * @returns the results in the same order
 * @throws what failed, when all have ended
 */
export async function allEnded<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(promises);
  const reasons = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  if (reasons.length > 0) throw failureOf(reasons);
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
}

/**
 * Opens a thing for each item, side by side, hands all of them to `body`, and closes every one that was opened: also when
 * another could not be opened, when `body` fails, and when another could not be closed.
 * @throws what failed first, opening or `body`, with what failed in closing, once all have been closed
 */
export async function withOpened<I, T, R>(
  items: readonly I[],
  open: (item: I) => Promise<T>,
  close: (thing: T) => Promise<void>,
  body: (things: T[]) => Promise<R>,
): Promise<R> {
  const opened: T[] = [];
  const reasons: unknown[] = [];
  let result: R | undefined;
  try {
    const things = await allEnded(
      items.map(async (item) => {
        const thing = await open(item);
        opened.push(thing);
        return thing;
      }),
    );
    result = await body(things);
  } catch (error) {
    reasons.push(error);
  }
  await allEnded(opened.map(close)).catch((error) => reasons.push(error));
  if (reasons.length > 0) throw failureOf(reasons);
  return result as R;
}

/**
 * Undoes what a failure has left.
 * @returns what is to be thrown: the failure, with what failed in undoing
 */
export const undoneAfter = (failure: unknown, undo: () => Promise<unknown>): Promise<unknown> =>
  undo().then(
    () => failure,
    (left) => failureOf([failure, left]),
  );

/** How many are under way at a time, and whether a failure keeps further ones from being begun. */
async function workThrough<T, R>(
  items: readonly T[],
  limit: number,
  body: (item: T) => Promise<R>,
  stopsAtFailure: boolean,
): Promise<R[]> {
  const results: R[] = [];
  const reasons: unknown[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length && !(stopsAtFailure && reasons.length > 0)) {
      const index = next++;
      try {
        results[index] = await body(items[index] as T);
      } catch (error) {
        reasons.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (reasons.length > 0) throw stopsAtFailure ? reasons[0] : failureOf(reasons);
  return results;
}

/**
 * Does the same for every item, `limit` of them side by side, and gives the results in the order of the items.
 * @throws what the first failing one throws, once those under way have ended; no further one is begun then
 */
export const mapLimited = <T, R>(items: readonly T[], limit: number, body: (item: T) => Promise<R>): Promise<R[]> =>
  workThrough(items, limit, body, true);

/**
 * Does the same for every item, `limit` of them side by side, whichever fail: for what has to be undone everywhere.
 * @throws what failed, when all have been tried
 */
export async function tryEach<T>(
  items: readonly T[],
  limit: number,
  body: (item: T) => Promise<unknown>,
): Promise<void> {
  await workThrough(items, limit, body, false);
}
