import { expect, test } from "vitest";
import { runsText, runText } from "../../../infra/run/run-words.ts";
import type { RunOutcome } from "../../../measure/probe/outcome.ts";

const rttMs = (median: number) => ({ n: 100, median, p05: median - 2, p95: median + 2, min: 0.4, max: 30 });
const run = (median: number, own: Partial<RunOutcome> = {}): RunOutcome => ({
  ...{ run: 1, replicate: 1, directory: "results/x", manifestSha256: "0".repeat(64), measured: true },
  packets: { transmitted: 100, received: 99 },
  cpu: { sender: 64.6, responder: 26.2 },
  summary: { ping: { rttMs: rttMs(median) } },
  ...own,
});
const { packets: _, cpu: __, ...before } = run(10.2);

test("a run is a line: median and percentiles, packets lost, CPU usage of both servers", () => {
  expect(runText(run(10.24))).toBe(
    "RTT 10.2 ms, 5th to 95th percentile 8.24 to 12.2; lost 1 of 100; CPU sender 65 %, responder 26 %",
  );
});

test("what there is not is left out, and what is unavailable has its reason", () => {
  expect(runText(before)).toBe("RTT 10.2 ms, 5th to 95th percentile 8.20 to 12.2");
  expect(runText({ ...before, summary: {} })).toBe("RTT unavailable");
  const lost = { ping: { rttMs: { unavailable: "no packet came back" } } };
  expect(runText(run(1, { summary: lost, packets: { transmitted: 5, received: 0 } }))).toBe(
    "RTT unavailable: no packet came back; lost 5 of 5; CPU sender 65 %, responder 26 %",
  );
});

test("all runs are a line: the median of medians and how far apart they are, and of which servers", () => {
  const two = [run(10), run(12, { cpu: { sender: 60, responder: 30 } })];
  expect(runsText(two, "emulated")).toBe(
    "2 runs: median RTT 11.0 ms (of the runs 10.0 to 12.0); lost 2 of 200; CPU sender 62 %, responder 28 %; emulated servers",
  );
  expect(runsText([run(10)], "hardware")).toBe(
    "1 run: median RTT 10.0 ms; lost 1 of 100; CPU sender 65 %, responder 26 %; hardware servers",
  );
  // A sum that lacks a part would be of something else.
  expect(runsText([run(10), before], "hardware")).toBe(
    "2 runs: median RTT 10.1 ms (of the runs 10.0 to 10.2); hardware servers",
  );
});
