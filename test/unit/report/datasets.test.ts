import { expect, test } from "vitest";
import { gatherReport } from "../../../report/content.ts";
import { resultsOf, type SampleRun } from "../../support/sample-runs.ts";

/** For what takes seconds where nothing else runs. */
const busyMs = 240_000;

async function reportOf(runs: readonly SampleRun[]) {
  using results = await resultsOf(runs);
  const { content, figures } = await gatherReport(results.directory);
  const figure = (name: string) => {
    const found = figures.find(({ drawing }) => drawing.name === name)?.drawing;
    if (found === undefined) throw new Error(`there is no figure ${name}`);
    return found;
  };
  const answer = `${content.answer.summary.text}${content.answer.table?.text}`.replaceAll(/<[^>]*>/g, " ");
  return { content, figure, answer: answer.replaceAll(/\s+/g, " ") };
}

test("of a campaign that is half done, each pair says what it rests on and what it lacks", {
  timeout: busyMs,
}, async () => {
  const { content, figure, answer } = await reportOf([
    ...[1, 2, 3, 4].map((replicate) => ({ driver: "e1000-bridge", replicate })),
    ...[1, 2, 4].map((replicate) => ({ driver: "virtio-bridge", replicate })),
    { driver: "pci-passthrough", replicate: 1 },
    { driver: "virtio-bridge", replicate: 3, problem: "mpstat was ended" },
    { driver: "macvtap-passthrough", replicate: 2, problem: "no packet came back" },
  ]);
  expect(content.facts[0]).toMatch(
    /^8 runs of 8 deployments in 3 scenarios; 800 packets sent, 0 lost; emulated servers/,
  );
  expect(answer).toContain("0 of 6 pairs");
  expect(answer).toMatch(/e1000-bridge \/ pci-passthrough [\d.]+ none 1 no interval not enough data: one replicate/);
  expect(answer).toMatch(
    /e1000-bridge \/ virtio-bridge [\d.]+ none 3 no interval not enough data: 1 of 4 replicates lost deployments/,
  );
  expect(answer).toContain("virtio-bridge 1 of 4 deployments (mpstat was ended)");
  expect(answer).toMatch(
    /e1000-bridge \/ macvtap-passthrough unavailable none 0 no interval macvtap-passthrough: no packet came back/,
  );
  expect(figure("campaign-rtt").missing).toEqual([
    "unavailable for virtio-bridge, replicate 3: mpstat was ended",
    "unavailable for macvtap-passthrough, replicate 2: no packet came back",
  ]);
  expect(figure("boxes-rtt").rows.map(({ cells }) => [cells.driver, cells.deployments])).toEqual([
    ["e1000-bridge", 4],
    ["pci-passthrough", 1],
    ["virtio-bridge", 3],
  ]);
  for (const name of ["boxes-rtt", "boxes-ping-cpu-sender-during"])
    expect(figure(name).missing).toEqual([
      expect.stringMatching(/^unavailable for macvtap-passthrough_bg0_1kpps_\w+: no packet came back$/),
    ]);
  expect(figure("distribution-rtt").missing).toEqual([expect.stringContaining("macvtap-passthrough")]);
  expect(content.tables.at(-1)?.rows.map(([folder]) => folder)).toEqual(["invalid_run-008", "invalid_run-009"]);
});

test("of ten pairs of servers each has a replicate of its own, and is chosen by itself", {
  timeout: busyMs,
}, async () => {
  const pairs = Array.from({ length: 10 }, (_, index) => index + 1);
  const { content, figure, answer } = await reportOf(
    pairs.flatMap((pair) => ["e1000-bridge", "virtio-bridge"].map((driver) => ({ driver, replicate: 1, pair }))),
  );
  expect(content.facts[0]).toMatch(/^20 runs of 20 deployments in 20 scenarios/);
  expect(answer).toMatch(/1\.38 1\.38 … 1\.38 10 yes virtio-bridge is lower by 28 %/);
  const panels = [...new Set(figure("boxes-rtt").rows.map(({ cells }) => cells.panel))];
  expect(panels.sort()).toEqual(pairs.map((pair) => `nobody competes, 1 kpps, server pair ${pair}`).sort());
  // A pair of servers belongs to the replicate: what makes one slower makes both drivers slower.
  expect(figure("pairs-rtt").rows.map(({ cells }) => cells.n)).toEqual([10]);
  expect(content.payload.factors.find(({ column }) => column === "server_pair")?.values).toEqual(pairs);
});
