import fc from "fast-check";
import { expect, test } from "vitest";
import { studyRuns } from "../../../measure/analysis/arms.ts";
import { checkClaims } from "../../../measure/analysis/claims/check.ts";
import { table3 } from "../../../measure/analysis/table3.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { madeRun } from "../../support/study-runs.ts";

const drivers = ["e1000-bridge", "virtio-bridge", "macvtap-passthrough", "pci-passthrough"];

/** Runs as a campaign may leave them: any part of the grid, each run once. */
const campaigns = fc
  .uniqueArray(
    fc.record({
      main: fc.constantFrom(...drivers),
      background: fc.option(
        fc.record({
          vms: fc.constantFrom(8, 64, 128),
          driver: fc.constantFrom("virtio-bridge", "pci-passthrough", "macvtap-passthrough"),
        }),
        { nil: undefined },
      ),
      load: fc.record({
        type: fc.constantFrom("cpu" as const, "network" as const),
        location: fc.constantFrom("sender" as const, "responder" as const),
      }),
      ratePps: fc.constantFrom(1000, 1_000_000),
      replicate: fc.integer({ min: 1, max: 8 }),
      rttMs: fc.double({ min: 0.01, max: 100, noNaN: true }),
      spreadMs: fc.double({ min: 0.01, max: 10, noNaN: true }),
      cpu: fc.double({ min: 0, max: 100, noNaN: true }),
    }),
    {
      maxLength: 120,
      selector: ({ main, background, load, ratePps, replicate }) =>
        JSON.stringify([main, background, background && load, ratePps, replicate]),
    },
  )
  .map((made) => made.map(({ background, load, ...run }) => madeRun(background ? { ...run, background, load } : run)));

function outcome(records: readonly RunRecord[], fidelity: string) {
  const runs = studyRuns(records);
  return checkClaims({ runs, fidelity }).map(({ id, verdict }) => [id, verdict]);
}

test("every claim has a verdict for any runs, and the order in which runs come does not matter", () => {
  fc.assert(
    fc.property(campaigns, fc.constantFrom("hardware", "emulated"), (runs, fidelity) => {
      expect(outcome([...runs].reverse(), fidelity)).toEqual(outcome(runs, fidelity));
    }),
    { numRuns: 60 },
  );
});

test("emulated servers never decide what needs real ones", () => {
  fc.assert(
    fc.property(campaigns, (runs) => {
      const found = Object.fromEntries(outcome(runs, "emulated"));
      for (const id of ["C3", "C9", "C10", "C11", "C14", "C15", "C16", "C18"])
        expect(found[id]).toBe("not testable here");
    }),
    { numRuns: 40 },
  );
});

test("orders of times do not depend on the unit of time", () => {
  fc.assert(
    fc.property(campaigns, fc.constantFrom(0.5, 8, 1024), (runs, factor) => {
      const scaled = runs.map((run) => {
        const { rtt } = run.metrics;
        if ("unavailable" in rtt) return run;
        const times = Object.fromEntries(
          Object.entries(rtt).map(([name, value]) => [name, name === "n" ? value : value * factor]),
        );
        return { ...run, metrics: { ...run.metrics, rtt: times as typeof rtt } };
      });
      const orders = (records: RunRecord[]) =>
        outcome(records, "emulated").filter(([id]) => ["C1", "C5", "C7", "C12", "C13"].includes(id ?? ""));
      expect(orders(scaled)).toEqual(orders(runs));
    }),
    { numRuns: 40 },
  );
});

test("corrected p-values are never below the raw ones, and intervals hold their estimates", () => {
  fc.assert(
    fc.property(campaigns, (runs) => {
      for (const { pValue, pHolm, pBenjaminiHochberg, difference } of table3(studyRuns(runs), "run-median")) {
        expect(pHolm === null).toBe(pValue === null);
        if (pValue !== null) expect(Math.min(pHolm ?? 0, pBenjaminiHochberg ?? 0)).toBeGreaterThanOrEqual(pValue);
        if (difference?.interval) {
          expect(difference.interval.low).toBeLessThanOrEqual(difference.estimate);
          expect(difference.interval.high).toBeGreaterThanOrEqual(difference.estimate);
        }
      }
    }),
    { numRuns: 60 },
  );
});
