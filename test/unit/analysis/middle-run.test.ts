import fc from "fast-check";
import { expect, test } from "vitest";
import { middleRun } from "../../../measure/analysis/middle-run.ts";
import { madeRun } from "../../support/study-runs.ts";

test("the run in the middle has the lower median of the runs' medians, whatever their order", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }),
      fc.nat(),
      (medians, seed) => {
        const runs = medians.map((rttMs, i) => madeRun({ rttMs, replicate: i + 1 }));
        const found = middleRun(runs, "rtt");
        const middle = [...medians].sort((a, b) => a - b)[Math.floor((medians.length - 1) / 2)] ?? 0;
        expect(found?.metrics.rtt).toMatchObject({ median: middle * 1e6 });
        const turned = [...runs.slice(seed % runs.length), ...runs.slice(0, seed % runs.length)];
        expect(middleRun(turned, "rtt")).toBe(found);
      },
    ),
  );
});

test("a run without a median is none, and of such runs there is none in the middle", () => {
  const silent = madeRun({ replicate: 2 });
  silent.metrics.rtt = { unavailable: "no packet came back" };
  const run = madeRun();
  expect(middleRun([silent, run], "rtt")).toBe(run);
  expect(middleRun([silent], "rtt")).toBeUndefined();
});
