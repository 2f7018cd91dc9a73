import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { studyRuns } from "../../../measure/analysis/arms.ts";
import { analyseCommand } from "../../../measure/analysis/command.ts";
import { compareCommand, comparisonTable } from "../../../measure/analysis/compare/command.ts";
import { compareSides } from "../../../measure/analysis/compare/compare.ts";
import { rateNotes, scenarioLossNotes } from "../../../measure/analysis/compare/notes.ts";
import { leftOutOfRows } from "../../../measure/analysis/print/analysis.ts";
import { table3 } from "../../../measure/analysis/table3.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { sampleResults } from "../../support/samples.ts";
import { tenRuns } from "../../support/study-runs.ts";

const side = (name: string, runs: RunRecord[], directory = "r") => ({ name, directory, fidelity: "hardware", runs });
const noStack = async () => undefined;

describe("a count says what it is of", () => {
  test("in rows whose measure a packet does not have", async () => {
    using results = await sampleResults();
    const { directory } = results;
    const options = { results: directory, runsOfStack: noStack };
    const compared = await compareCommand("e1000-bridge", "virtio-bridge", { pairs: "packet" }, options);
    expect(compared).toMatch(/median RTT, ms .* 200 {2}/);
    expect(compared).toMatch(/interquartile range of the RTT, ms .* 2 runs {2}/);
    const analysed = await analyseCommand(directory, { pairs: "packet" }, () => {});
    expect(analysed).toMatch(/none +RTT ms +PCI vs Bridge +200 /);
    expect(analysed).toMatch(/none +Sender CPU % +PCI vs Bridge +2 runs /);
    const { table3, kendall } = JSON.parse(await analyseCommand(directory, { pairs: "packet", json: true }, () => {}));
    for (const rows of [table3, kendall])
      expect(new Set(rows.map((row: { measure: string; unit: string }) => `${row.measure} ${row.unit}`))).toEqual(
        new Set(["cpuSender run-median", "rtt packet"]),
      );
  });

  test.each(["run-median", "packet"] as const)("in scenarios of two directories (%s)", async (unit) => {
    const all = [...tenRuns({}), ...tenRuns({ main: "pci-passthrough", rttMs: 2 })];
    const slower = [...tenRuns({ rttMs: 1.1 }), ...tenRuns({ main: "pci-passthrough", rttMs: 2.2 })];
    const { rows } = await compareSides(side("a", all), side("b", slower, "s"), unit);
    expect(rows[0]?.comparison).toMatchObject({ unit: "scenario", n: 2 });
    expect(rows[0]?.comparison?.pairing).toBe(
      "a pair is the medians over all runs of a scenario that both have: 2 pairs",
    );
    expect(rows[0]?.verdict).toMatch(/too few scenarios to tell \(n = 2\)$/);
  });

  test("in the line on pairs, where measures have values of different deployments", async () => {
    const losing = tenRuns({ main: "pci-passthrough" }).map((run) =>
      run.replicate > 2 ? run : { ...run, metrics: { ...run.metrics, rtt: { unavailable: "all packets were lost" } } },
    );
    const { notes = [] } = comparisonTable(await compareSides(side("a", tenRuns({})), side("b", losing), "deployment"));
    expect(notes[0]).toMatch(
      /8 replicates, .*without a partner 2 and 0, without a value 0 and 2; 2 replicates more lost deployments$/,
    );
    expect(notes[1]).toMatch(/^median RTT overhead, .*CPU usage of the Responder server: .*10 replicates, .* 0 and 0$/);
    const all = comparisonTable(
      await compareSides(side("a", tenRuns({})), side("b", tenRuns({ rttMs: 2 }), "s"), "deployment"),
    );
    expect(all.notes?.filter((note) => /replicates of different deployments/.test(note))).toHaveLength(1);
  });
});

describe("what stands beside the numbers", () => {
  test("of Table 3 is how many deployments found no partner or have no value", () => {
    const pci = tenRuns({ main: "pci-passthrough" }).filter(({ replicate }) => replicate > 3);
    const rows = table3(studyRuns([...tenRuns({}), ...pci]), "deployment");
    const found = leftOutOfRows(rows).filter((note) => note.startsWith("each row with pairs"));
    expect(found).toEqual([expect.stringMatching(/7 replicates, 1 cell, 7 pairs; without a partner 0 and 3, without/)]);
  });

  test("is that RTTs are of survivors, of scenarios that lose more than 1 %", () => {
    const scenario = (name: string, lost: number) => ({ scenario: name, transmitted: 1000, lost });
    expect(scenarioLossNotes([scenario("few", 10), scenario("none", 0)])).toEqual([]);
    expect(scenarioLossNotes([scenario("some", 20), scenario("most", 999)])).toEqual([
      expect.stringMatching(
        /^lost packets above 1 %: most 999 of 1000 \(99\.9 %\), some 20 of 1000 \(2 %\); RTTs are of the packets that came back/,
      ),
    ]);
    const many = Array.from({ length: 10 }, (_, i) => scenario(`s${i}`, 500));
    expect(scenarioLossNotes(many)[0]).toMatch(/s7 500 of 1000 \(50 %\), 2 more;/);
  });

  test("is that ping sent fewer packets a second than it was asked to, in the median run", () => {
    const runs = (scenario: string, ratePps: number, ...achieved: (number | null)[]) =>
      achieved.map((achievedRatePps) => ({ scenario, ratePps, achievedRatePps }));
    expect(rateNotes([...runs("as asked", 1000, 950, 1000, 20), ...runs("untold", 1000, null)])).toEqual([]);
    const slow = runs("slow", 1_000_000, 3310, 3400, 3500);
    expect(rateNotes([...slow, ...runs("one", 1000, 57.25), ...runs("as asked", 1000, 999)])).toEqual([
      "ping sent fewer packets a second than it was asked to: slow 3400 of 1000000, one 57.3 of 1000; a frequency in a scenario's name is what was asked for",
    ]);
    const many = Array.from({ length: 10 }, (_, i) => runs(`s${i}`, 1000, 5)).flat();
    expect(rateNotes(many)[0]).toMatch(/s7 5.* of 1000, 2 more;/);
  });

  test("is what was left out, as CSV too", async () => {
    using results = await sampleResults();
    const { directory } = results;
    const [scenario = ""] = readdirSync(directory);
    cpSync(join(directory, scenario), join(directory, "copy", scenario), { recursive: true });
    const csv = await analyseCommand(directory, { csv: true }, () => {});
    expect(csv.match(/^note,.*left out: .*a copy of/gm)).toHaveLength(2);
  });

  test("is never that a side is lower by all of it", async () => {
    const { rows } = await compareSides(
      side("a", tenRuns({ rttMs: 0.004 })),
      side("b", tenRuns({ main: "e1000-bridge", rttMs: 1 })),
      "deployment",
    );
    expect(rows[0]?.verdict).toBe("A is lower by 99.6 %");
  });
});
