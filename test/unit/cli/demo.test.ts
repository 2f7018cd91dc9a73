import { describe, expect, it } from "vitest";
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
    [{ replicates: "0" }, /--replicates "0" is not allowed; allowed: 1 to 1000/],
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
  };

  it("has a row a driver, and says why something is unavailable", () => {
    const text = demoTable(summary, { "pci-passthrough": [1.5, 1.1] });
    expect(text).toMatch(
      /pci-passthrough +1\.23 \(1\.10 to 1\.50\) +unavailable +unavailable +12 \/ 12 % +1 of 200 +emulated/,
    );
    expect(text.match(/the host sees no packet/g)).toHaveLength(1);
  });
});
