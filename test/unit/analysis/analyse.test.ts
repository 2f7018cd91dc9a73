import { expect, test } from "vitest";
import { digits } from "../../../lib/digits.ts";
import type { Analysis } from "../../../measure/analysis/analyse.ts";
import { type AnalyseWords, analyseCommand } from "../../../measure/analysis/command.ts";
import { asCsv, asText, pText } from "../../../measure/analysis/print/table.ts";
import { sampleResults } from "../../support/samples.ts";

test("analyses real runs, in every form", async () => {
  using results = await sampleResults();
  const print = (words: AnalyseWords) => analyseCommand(results.directory, words, () => {});
  const analysis = JSON.parse(await print({ json: true })) as Analysis;
  expect(analysis).toMatchObject({
    schemaVersion: 2,
    fidelity: "emulated",
    runs: 8,
    unit: "deployment",
    leftOut: [],
    notes: [
      expect.stringContaining("emulated servers"),
      expect.stringMatching(
        /^captures may lengthen the RTTs of e1000-bridge, macvtap-passthrough, virtio-bridge and not of pci-passthrough,/,
      ),
      expect.stringMatching(/^ping sent fewer packets a second than it was asked to: e1000-bridge_\S+ 57\.5 of 1000, /),
      expect.stringMatching(/^8 runs without a planned order: /),
    ],
  });
  expect(analysis.scenarios.map(({ arm, runs, lost }) => [arm, runs, lost])).toEqual([
    ["E1000", 2, 0],
    ["MacVTap", 2, 0],
    ["PCI", 2, 0],
    ["Bridge", 2, 0],
  ]);
  const pci = analysis.scenarios.find(({ arm }) => arm === "PCI");
  expect(pci?.rttMs).toMatchObject({ n: 200, interval: null });
  expect(pci?.rttOverheadMs).toHaveProperty("unavailable");
  // Two runs a driver decide nothing, and no claim pretends that they do.
  expect(new Set(analysis.claims.map(({ verdict }) => verdict))).toEqual(
    new Set(["not enough data", "not testable here"]),
  );

  const text = await print({});
  expect(text).toMatch(/virtio-bridge_bg0_1kpps_\w{8} +1 +2 +0 +13\.8/);
  expect(text).toMatch(/none +RTT ms +PCI vs Bridge +1 .*not enough data: one replicate/);
  expect(text).toContain("C7   not enough data: one replicate: PCI passthrough has the lowest median RTT");
  expect(text).toMatch(/^ {2}these data have nothing to compare for .*: .*\bC12\b/m);
  const markdown = await print({ markdown: true });
  expect(markdown).toContain("## Table 3: Wilcoxon signed-rank tests");
  expect(markdown.split("\n").filter((line) => /^\| C\d+ \|/.test(line))).toHaveLength(19);
  const [head, ...lines] = (await print({ csv: true })).split("\n");
  expect(head).toBe("table,subject,location,measure,quantity,value,low,high,n,p,note");
  expect(lines.filter((line) => line.startsWith("claim,"))).toHaveLength(19);
  // One deployment of each driver tells nothing of a drift.
  expect(analysis.drift.map(({ measure, change }) => [measure, change])).toEqual(
    ["rtt", "overhead", "responseTime", "cpuSender", "cpuResponder"].map((measure) => [measure, null]),
  );
  expect(text).toMatch(/Drift: .*\n.*\n +median RTT +1 +4 +not enough data: one replicate/);
  expect(lines).toContainEqual(expect.stringMatching(/^drift,,,rtt,"change in a replicate, %",,,,1,,not enough data/));
});

test("the paper's way of pairing is said to be that", async () => {
  using results = await sampleResults();
  const analysis = JSON.parse(
    await analyseCommand(results.directory, { pairs: "packet", json: true }, () => {}),
  ) as Analysis;
  const row = analysis.table3.find(({ location, measure }) => location === "none" && measure === "rtt");
  expect(row?.n).toBe(200);
  expect(row?.pValue).toBeLessThan(1e-20);
  expect(analysis.claims.find(({ id }) => id === "C7")?.verdict).toBe("not enough data");
  for (const pairs of ["packet", "run"]) {
    const text = await analyseCommand(results.directory, { pairs }, () => {});
    expect(text).toMatch(/of one deployment share its conditions .* do not prove that another deployment/);
  }
});

test("numbers and cells", () => {
  expect([0, 1234.5, 12.345, 0.001234, 1e-6, null].map((value) => digits(value))).toEqual([
    "0",
    "1235",
    "12.3",
    "0.00123",
    "1.0e-6",
    null,
  ]);
  expect([0.5, 1e-9, null].map(pText)).toEqual(["0.500", "< 1e-7", null]);
  expect(
    asCsv(
      ["a", "b"],
      [
        ['say "x", y', null],
        [1.5, true],
      ],
    ),
  ).toBe('a,b\n"say ""x"", y",\n1.5,true');
  expect(
    asText({
      title: "t",
      head: ["name", "n"],
      rows: [
        ["a", 1],
        ["bb", 10],
      ],
      notes: ["note"],
    }),
  ).toBe("t\n  name   n\n  a      1\n  bb    10\n  note");
  expect(asText({ title: "t", head: ["n"], rows: [] })).toBe("t\n  nothing to show");
});
