import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { allEnded, mapLimited, tryEach, withOpened } from "../../lib/concurrent.ts";
import { messageOf } from "../../lib/errors.ts";

/** What opening, using and closing one thing does: how long it takes, and whether it fails. */
const step = fc.record({ ms: fc.integer({ min: 0, max: 4 }), fails: fc.boolean() });
const things = fc.array(fc.record({ open: step, close: step }), { maxLength: 6 });
const runs = { numRuns: 60 };

async function take({ ms, fails }: { ms: number; fails: boolean }, what: string): Promise<string> {
  await sleep(ms);
  if (fails) throw new Error(what);
  return what;
}

test("everything that was opened is closed once, after the body, whatever fails, and all failures are told", async () => {
  await fc.assert(
    fc.asyncProperty(things, step, async (all, body) => {
      const events: string[] = [];
      const outcome = await withOpened(
        all.map((thing, index) => ({ ...thing, index })),
        async (thing) => {
          await take(thing.open, `open ${thing.index}`);
          events.push(`open ${thing.index}`);
          return thing;
        },
        async ({ close, index }) => {
          events.push(`close ${index}`);
          await take(close, `close ${index}`);
          events.push(`closed ${index}`);
        },
        async (opened) => {
          expect(opened.map(({ index }) => index)).toEqual(all.map((_, index) => index));
          events.push("body");
          return await take(body, "body");
        },
      ).catch((error: unknown) => new Set(messageOf(error).split("\n")));
      const eventsAtEnd = [...events];
      await sleep(6);
      expect(events).toEqual(eventsAtEnd);

      const canOpen = all.flatMap(({ open }, index) => (open.fails ? [] : [index]));
      const opensAll = canOpen.length === all.length;
      expect(events.includes("body")).toBe(opensAll);
      for (const index of canOpen) expect(events.filter((event) => event === `close ${index}`)).toHaveLength(1);
      if (opensAll) expect(events.indexOf("body")).toBe(all.length);
      const failures = [
        ...all.flatMap(({ open }, index) => (open.fails ? [`open ${index}`] : [])),
        ...(opensAll && body.fails ? ["body"] : []),
        ...canOpen.flatMap((index) => (all[index]?.close.fails ? [`close ${index}`] : [])),
      ];
      expect(outcome).toEqual(failures.length === 0 ? "body" : new Set(failures));
    }),
    runs,
  );
});

test("nothing goes on after all have ended, and every failure is told", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
      let running = steps.length;
      const outcome = await allEnded(
        steps.map((each, index) => take(each, `${index}`).finally(() => (running -= 1))),
      ).catch((error: unknown) => new Set(messageOf(error).split("\n")));
      expect(running).toBe(0);
      const failures = steps.flatMap(({ fails }, index) => (fails ? [`${index}`] : []));
      expect(outcome).toEqual(failures.length > 0 ? new Set(failures) : steps.map((_, index) => `${index}`));
    }),
    runs,
  );
});

test("what is tried everywhere is tried everywhere, within the limit; what stops at a failure begins nothing after it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.integer({ min: 1, max: 4 }), async (steps, limit) => {
      const watch = () => {
        const seen = { begun: 0, now: 0, most: 0, failed: false, begunAfterFailure: 0 };
        const body = async (each: (typeof steps)[number]) => {
          seen.begun += 1;
          seen.now += 1;
          seen.most = Math.max(seen.most, seen.now);
          if (seen.failed) seen.begunAfterFailure += 1;
          await take(each, "no").finally(() => {
            seen.now -= 1;
            seen.failed ||= each.fails;
          });
        };
        return { seen, body };
      };
      const fails = steps.some((each) => each.fails);
      const everywhere = watch();
      await tryEach(steps, limit, everywhere.body).then(
        () => expect(fails).toBe(false),
        () => expect(fails).toBe(true),
      );
      expect(everywhere.seen).toMatchObject({ begun: steps.length, now: 0 });
      const stopping = watch();
      await mapLimited(steps, limit, stopping.body).catch(() => expect(fails).toBe(true));
      expect(stopping.seen).toMatchObject({ now: 0, begunAfterFailure: 0 });
      if (!fails) expect(stopping.seen.begun).toBe(steps.length);
      expect(Math.max(everywhere.seen.most, stopping.seen.most)).toBeLessThanOrEqual(limit);
    }),
    runs,
  );
});
