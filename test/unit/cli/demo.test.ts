import { describe, expect, it } from "vitest";
import { compareDrivers, comparisonText } from "../../../cli/demo/comparisons.ts";
import { parseDemoOptions } from "../../../cli/demo/options.ts";
import type { DemoSummary } from "../../../cli/demo/summary.ts";
import { demoTable } from "../../../cli/demo/table.ts";

describe("parseDemoOptions", () => {
  it("compares all drivers three times by default", () => {
    expect(parseDemoOptions({})).toEqual({
      drivers: ["virtio-bridge", "macvtap-passthrough", "pci-passthrough"],
      replicates: 3,
      packets: 100,
      seed: undefined,
      keep: false,
      json: false,
    });
  });

  it("keeps the order of the drivers", () => {
    expect(parseDemoOptions({ drivers: "pci-passthrough, virtio-bridge" }).drivers).toEqual([
      "pci-passthrough",
      "virtio-bridge",
    ]);
  });

  it.each([
    [{ drivers: "e1001" }, /--drivers "e1001".*virtio-bridge/],
    [{ drivers: "virtio-bridge,virtio-bridge" }, /--drivers/],
    [{ drivers: "" }, /--drivers/],
    [{ replicates: "0" }, /--replicates "0" is not allowed; allowed: a whole number, 1 to 1000/],
    [{ packets: "1e3" }, /--packets "1e3"/],
  ])("refuses %j by option, value and what is allowed", (words, message) => {
    expect(() => parseDemoOptions(words)).toThrow(message);
    expect(() => parseDemoOptions(words)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

describe("demoTable", () => {
  const summary: DemoSummary = {
    fidelity: "emulated",
    scenarios: [
      {
        driver: "pci-passthrough",
        runs: 2,
        packets: 200,
        lost: 1,
        rttMs: { median: 1.234, p05: 1, p95: 2 },
        rttOverheadMs: { unavailable: "the host sees no packet" },
        responseTimeMs: { unavailable: "the host sees no packet" },
        cpuPercent: { sender: 12.4, responder: 11.6 },
        results: [],
      },
    ],
    comparisons: [],
  };

  it("has a row a driver, and says why something is unavailable", () => {
    const text = demoTable(summary, { "pci-passthrough": [1.5, 1.1] });
    expect(text).toMatch(
      /pci-passthrough +1\.23 \(1\.10 to 1\.50\) +unavailable +unavailable +12 \/ 12 % +1 of 200 +emulated/,
    );
    expect(text.match(/the host sees no packet/g)).toHaveLength(1);
  });
});

describe("compareDrivers", () => {
  const runs = (...values: number[]) => values.map((medianMs, index) => ({ replicate: index + 1, medianMs }));
  // Of an emulated demo: three replicates, bridge and macvtap changing places.
  const demo = {
    "virtio-bridge": runs(9.82, 7.89, 12.9),
    "macvtap-passthrough": runs(15.2, 15.9, 12.1),
    "pci-passthrough": runs(3.95, 3.7, 4.14),
  };

  it("tells apart what differs in every replicate by more than replicates do", () => {
    const found = compareDrivers(demo);
    expect(found.map(({ first, second, toldApart }) => [first, second, toldApart])).toEqual([
      ["virtio-bridge", "macvtap-passthrough", false],
      ["virtio-bridge", "pci-passthrough", true],
      ["macvtap-passthrough", "pci-passthrough", true],
    ]);
    const [, bridgeAndPci] = found;
    expect(bridgeAndPci).toMatchObject({ replicates: 3, method: "student", ratio: expect.closeTo(2.547, 3) });
    expect(bridgeAndPci?.low).toBeGreaterThan(1.4);
  });

  it("takes the runs of one deployment for one value, and one deployment for too few", () => {
    const once = { a: [1, 2, 3].map((medianMs) => ({ replicate: 1, medianMs })), b: runs(8) };
    expect(compareDrivers(once)).toMatchObject([
      { replicates: 1, ratio: 0.25, low: null, toldApart: null, shortage: "not enough data: one replicate" },
    ]);
    expect(compareDrivers({ a: runs(1, 2), b: runs(2, 3) })[0]?.shortage).toBe(
      "not enough data: 2 replicates; 3 are needed",
    );
    expect(compareDrivers({ a: runs(1, 1, 1), b: runs(2, 2, 2) })[0]).toMatchObject({ toldApart: null, method: null });
  });

  it("decides nothing where a deployment has no ratio: the others are a selection", () => {
    const [found] = compareDrivers({ a: runs(1, 1.1, 1.2, 0), b: runs(2, 2.1, 2.1, 2) });
    expect(found).toMatchObject({
      toldApart: null,
      low: null,
      high: null,
      method: null,
      ratio: expect.closeTo(0.53, 2),
    });
    expect(found?.shortage).toBe("not enough data: 1 and 0 deployments have a value of 0, which has no ratio");
  });

  it("rests on no distribution from six replicates on", () => {
    const six = compareDrivers({ a: runs(1, 1.1, 1.2, 1, 1.1, 1.3), b: runs(2, 2, 2, 2, 2.1, 2) });
    expect(six[0]).toMatchObject({ method: "hodges-lehmann", toldApart: true });
    expect(comparisonText(six)).not.toContain("Student");
  });

  it("says in the table what three replicates can and cannot tell", () => {
    const text = comparisonText(compareDrivers(demo));
    expect(text).toMatch(/virtio-bridge +macvtap-passthrough +3 +0\.\d+ +0\.\d+ … 1\.\d+ +no/);
    expect(text).toMatch(/virtio-bridge +pci-passthrough +3 +2\.55 +1\.\d+ … \d\.\d+ +yes/);
    expect(text).toContain("normally distributed, which so few cannot show; from --replicates 6 on");
    expect(text).toContain("not that the two are equal");
    expect(comparisonText([])).toBe("");
  });
});
