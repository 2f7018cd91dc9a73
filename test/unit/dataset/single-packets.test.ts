import { expect, test } from "vitest";
import { openDataset } from "../../../measure/dataset/open.ts";
import { packetSamples } from "../../../measure/dataset/packet-samples.ts";
import { readPacketValues } from "../../../measure/dataset/packet-values.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { runSeries } from "../../../measure/dataset/run-series.ts";
import { tablePaths } from "../../../measure/dataset/update.ts";
import { sampleResults } from "../../support/samples.ts";

/** The packets of some runs that have a value, in the order of sending. */
const inTurn = (runs: readonly RunRecord[], values: Awaited<ReturnType<typeof readPacketValues>>) =>
  [...runs]
    .sort((a, b) => a.replicate - b.replicate || a.run - b.run)
    .flatMap(({ directory }) => {
      const found = values.get(directory);
      return (found?.values ?? []).flatMap((value, i) =>
        value === null ? [] : [{ run: directory, packet: found?.packets[i] ?? 0, value }],
      );
    });

test("few packets are all drawn; of many those at evenly spaced ranks, in the order of sending", async () => {
  using results = await sampleResults();
  const dataset = await openDataset(results.directory);
  const values = await readPacketValues(tablePaths(results.directory).packets, "rtt");
  for (const most of [1000, 7, 2]) {
    const samples = await packetSamples(dataset, "rtt", most);
    expect(samples.size).toBe(4);
    for (const [sha256, { of, packets }] of samples) {
      const all = inTurn(
        dataset.runs.filter(({ scenarioSha256 }) => scenarioSha256 === sha256),
        values,
      );
      expect(of).toBe(all.length);
      const ranked = [...all.keys()].sort((a, b) => (all[a]?.value ?? 0) - (all[b]?.value ?? 0) || a - b);
      const ranks =
        of <= most
          ? [...ranked.keys()]
          : Array.from({ length: most }, (_, i) => Math.round((i * (of - 1)) / (most - 1)));
      const taken = ranks.map((rank) => ranked[rank] ?? -1).sort((a, b) => a - b);
      expect(packets.map(({ run, packet, value }) => ({ run, packet, value }))).toEqual(taken.map((at) => all[at]));
      for (const [i, { turn }] of packets.entries()) expect(turn).toBeCloseTo(((taken[i] ?? 0) + 0.5) / of, 12);
    }
  }
});

test("packets of copies of runs are none of them", async () => {
  using results = await sampleResults();
  const dataset = await openDataset(results.directory);
  const copies = dataset.runs.slice(0, 1).map(({ directory }) => directory);
  const samples = [...(await packetSamples({ ...dataset, copies }, "rtt", 1000)).values()];
  expect(samples.flatMap(({ packets }) => packets.map(({ run }) => run))).not.toContain(copies[0]);
  expect(samples.map(({ of }) => of).sort()).toEqual([100, 200, 200, 200]);
});

test("a run's packets are in the order of sending, the first of them where they are many", async () => {
  using results = await sampleResults();
  const dataset = await openDataset(results.directory);
  const values = await readPacketValues(tablePaths(results.directory).packets, "rtt");
  const runs = [dataset.runs[3], dataset.runs[0]].filter((run) => run !== undefined);
  for (const most of [1000, 13]) {
    const series = await runSeries(dataset, "rtt", runs, most);
    expect(series.map(({ run }) => run.directory)).toEqual(runs.map(({ directory }) => directory));
    for (const { run, packets, isCut } of series) {
      expect(isCut).toBe(most < run.transmitted);
      const { packets: numbers = [], values: rtts = [] } = values.get(run.directory) ?? {};
      const kept = numbers.flatMap((packet, i) => (packet <= most ? [{ packet, value: rtts[i] ?? null }] : []));
      expect(kept.length).toBeGreaterThan(0);
      expect(packets.map(({ packet, value }) => ({ packet, value }))).toEqual(kept);
    }
  }
  expect(await runSeries(dataset, "rtt", [], 10)).toEqual([]);
});
