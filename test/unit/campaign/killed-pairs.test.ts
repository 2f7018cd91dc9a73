import { rmSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allRuns,
  placesOfReplicates,
  planned,
  publish,
  results,
  runCommand,
  runsThatThereAre,
  withResults,
} from "./made-up-pairs.ts";

withResults();

describe("kills at any moment", () => {
  const pairs = [1, 2, 3] as const;
  const kill = fc.record({
    pairs: fc.subarray([...pairs], { minLength: 1 }),
    /** So many writes reach the disk. */
    writes: fc.nat({ max: 30 }),
    waits: fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 6 }),
  });

  it("and resumes with whichever pairs leave every run once, and each block on one pair", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(kill, { maxLength: 4 }), async (kills) => {
        rmSync(results, { recursive: true });
        const published = new Map<string, number>();
        for (const { pairs: named, writes, waits } of [...kills, { pairs: [...pairs], writes: 1e9, waits: [0] }]) {
          let written = 0;
          const onDisk = () => {
            written += 1;
            return written <= writes;
          };
          let deployed = 0;
          await runCommand({
            pairs: named,
            isKilled: () => !onDisk(),
            deploy: async (deployment) => {
              for (let i = 0; i < (waits[deployed++ % waits.length] ?? 0); i++) await turn();
              await publish(deployment, () => {
                const takesPlace = onDisk();
                if (takesPlace) {
                  const key = `${deployment.replicate} ${deployment.order.position}`;
                  published.set(key, (published.get(key) ?? 0) + 1);
                }
                return takesPlace;
              });
            },
          });
        }
        expect(runsThatThereAre()).toHaveLength(allRuns);
        expect([...published.values()]).toEqual(planned.map(() => 2));
        for (const places of placesOfReplicates(pairs).values()) expect(places).toHaveLength(1);
      }),
      { numRuns: 15 },
    );
  }, 240_000);
});
