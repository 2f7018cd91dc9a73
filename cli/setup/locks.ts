import { mkdir, realpath } from "node:fs/promises";
import { LabError, messageOf } from "../../lib/errors.ts";
import { type Holder, waitingFor, withLock } from "../../lib/lock.ts";
import { cacheDir, checkout } from "../../lib/paths.ts";
import type { Progress } from "../../lib/progress.ts";

/** Names of the locks that this process or the one that started it holds: a test that calls ./lab must not wait for itself. */
const variable = "LAB_LOCKS_HELD";
const held = () => (process.env[variable] ?? "").split("\n").filter(Boolean);

/**
 * Runs `body` alone; says who has the lock when it must be waited for.
 * @param waitMs how long; without it until the lock is free
 * @throws LockedError where it was not free within that time
 */
export async function withNamedLock<T>(
  name: string,
  what: string,
  progress: Progress,
  body: () => Promise<T>,
  waitMs?: number,
): Promise<T> {
  if (held().includes(name)) return body();
  const onWait = (holder: Holder | undefined) => progress.say(waitingFor(what, holder));
  return withLock(name, { what, onWait, ...(waitMs !== undefined && { waitMs }) }, async () => {
    const before = process.env[variable];
    process.env[variable] = [...held(), name].join("\n");
    try {
      return await body();
    } finally {
      if (before === undefined) delete process.env[variable];
      else process.env[variable] = before;
    }
  });
}

const checkoutLock = [`checkout:${checkout}`, `this checkout (${checkout})`] as const;

/** Alone in this checkout: its stacks, their state and its results. Taken before the servers, never after. */
export const withCheckout = <T>(progress: Progress, body: () => Promise<T>): Promise<T> =>
  withNamedLock(...checkoutLock, progress, body);

/** The same now or not at all. @throws LockedError, which says who has it, where it is not free */
export const withCheckoutNow = <T>(progress: Progress, body: () => Promise<T>): Promise<T> =>
  withNamedLock(...checkoutLock, progress, body, 0);

/**
 * Measures a campaign into a results directory, alone among the campaigns of this machine, whichever checkouts they are of and by
 * whichever path they name it: two campaigns may have scenarios in common, and what both measure would be of two deployments. What
 * publishes runs one by one needs no lock: a run that counts is never replaced. Taken after the checkout, before the servers.
 * @param results the directory, which is made where it is not there
 * @throws LabError (exit code 2) where it cannot be made
 */
export async function withResults<T>(results: string, progress: Progress, body: () => Promise<T>): Promise<T> {
  const real = await mkdir(results, { recursive: true })
    .then(() => realpath(results))
    .catch((error: unknown) => {
      throw new LabError(
        `--results ${JSON.stringify(results)} cannot be made: ${messageOf(error)}; allowed: a directory to write to`,
        { exitCode: 2, cause: error },
      );
    });
  return withNamedLock(`results:${real}`, `the results in ${real}`, progress, body);
}

/** Alone with the emulated servers of this cache. Another cache has a pair of its own, on ports of its own, and nobody waits for it. */
export const withServersLocked = <T>(progress: Progress, body: () => Promise<T>): Promise<T> =>
  withNamedLock(`emulated-servers:${cacheDir()}`, "the emulated servers", progress, body);
