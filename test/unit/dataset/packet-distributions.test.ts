import fc from "fast-check";
import { expect, test } from "vitest";
import { openDataset } from "../../../measure/dataset/open.ts";
import { meanParts, packetDistributions, partsToldApart } from "../../../measure/dataset/packet-distributions.ts";
import { readPacketValues } from "../../../measure/dataset/packet-values.ts";
import { sampleResults } from "../../support/samples.ts";

test("a distribution names the parts that so many values can tell apart, and the greatest", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (n) => {
      const parts = partsToldApart(n);
      expect(parts.at(-1)).toBe(1);
      expect(parts).toEqual([...new Set(parts)].sort((a, b) => a - b));
      for (const part of parts.slice(0, -1)) expect((1 - part) * n).toBeGreaterThan(1 - 1e-6);
    }),
  );
});

test("distributions and parts are those of the packets", async () => {
  using results = await sampleResults();
  const dataset = await openDataset(results.directory);
  const packets = await readPacketValues(dataset.tables.packets, "rtt");
  const [distributions, means] = [
    await packetDistributions(dataset, "rtt"),
    await meanParts(dataset, "rtt", ["senderGuest", "senderNicRtt"]),
  ];
  expect(distributions.size).toBe(4);
  for (const sha256 of distributions.keys()) {
    const runs = dataset.runs.filter(({ scenarioSha256 }) => scenarioSha256 === sha256);
    const values = runs.flatMap(
      ({ directory }) => packets.get(directory)?.values.flatMap((value) => value ?? []) ?? [],
    );
    for (const { part, value } of distributions.get(sha256) ?? []) {
      expect(values).toContain(value);
      expect(values.filter((one) => one <= value).length / values.length).toBeGreaterThanOrEqual(part - 1e-9);
    }
    expect(Math.max(...values)).toBe(distributions.get(sha256)?.at(-1)?.value);
    expect(means.get(sha256)?.whole).toBeCloseTo(values.reduce((sum, one) => sum + one, 0) / values.length, 3);
  }
  // Where a capture is missing, the whole is there without its parts.
  expect([...means.values()].filter(({ parts }) => parts === null)).toHaveLength(1);
});
