import { expect, it } from "vitest";
import { runProgram } from "../../../measure/probe/outcome.ts";

const rttMs = { n: 100, median: 1, p05: 0.5, p95: 2, min: 0.4, max: 3 };
const metrics = { rttMs, wireMs: { unavailable: "no capture" } };
const answered = (summary: object) =>
  runProgram.answer(
    JSON.stringify({
      run: 1,
      replicate: 1,
      directory: "results/x",
      manifestSha256: "0".repeat(64),
      measured: true,
      summary,
    }),
  );

it("reads a run's outcome, that of a state from before there were several probes as well", () => {
  expect(answered({ ping: metrics, other: {} }).summary).toEqual({ ping: metrics, other: {} });
  expect(answered(metrics).summary).toEqual({ ping: metrics });
});
