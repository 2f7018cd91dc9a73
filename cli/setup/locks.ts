import { waitingFor, withLock } from "../../lib/lock.ts";
import { cacheDir, checkout } from "../../lib/paths.ts";
import type { Progress } from "../../lib/progress.ts";

/** Names of the locks that this process or the one that started it holds: a test that calls ./lab must not wait for itself. */
const variable = "LAB_LOCKS_HELD";
const held = () => (process.env[variable] ?? "").split("\n").filter(Boolean);

/** Runs `body` alone; says who has the lock when it must be waited for. */
export async function withNamedLock<T>(
  name: string,
  what: string,
  progress: Progress,
  body: () => Promise<T>,
): Promise<T> {
  if (held().includes(name)) return body();
  return withLock(name, { what, onWait: (holder) => progress.say(waitingFor(what, holder)) }, async () => {
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

/** Alone in this checkout: its stacks, their state and its results. Taken before the servers, never after. */
export const withCheckout = <T>(progress: Progress, body: () => Promise<T>): Promise<T> =>
  withNamedLock(`checkout:${checkout}`, `this checkout (${checkout})`, progress, body);

/** Alone with the emulated servers of this cache. Another cache has a pair of its own, on ports of its own, and nobody waits for it. */
export const withServersLocked = <T>(progress: Progress, body: () => Promise<T>): Promise<T> =>
  withNamedLock(`emulated-servers:${cacheDir()}`, "the emulated servers", progress, body);
