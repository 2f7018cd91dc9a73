import { globSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { transferLimitMs } from "../../../lib/arrival.ts";
import { runBudget, stepBudget } from "../../../measure/probe/budget.ts";
import { pingBudget } from "../../../measure/probes/ping/budget.ts";
import { fidelities } from "../../../measure/results/fidelity.ts";
import type { TimedFactors } from "../../../study/terms.ts";

const factors = fc.record({
  packets: fc.integer({ min: 1, max: 65_535 }),
  pingRatePps: fc.constantFrom(1000, 1_000_000),
  cpuWindowSeconds: fc.integer({ min: 1, max: 600 }),
});
const fidelity = fc.constantFrom(...fidelities);

it("of a run says at least how many bytes real runs had", () => {
  const manifests = globSync(join(import.meta.dirname, "../../data/virtual-time/*/*/manifest.json"));
  expect(manifests.length).toBeGreaterThan(3);
  const { runBytes } = runBudget({ packets: 100, pingRatePps: 1000, cpuWindowSeconds: 1 }, "emulated-virtual");
  for (const folder of manifests.map((path) => dirname(path))) {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
    expect(runBytes).toBeGreaterThan(bytes);
    expect(runBytes).toBeLessThan(4 * bytes);
  }
});

it("of a run has room for a second capture at each point, and asks for none where nothing is captured", () => {
  const bytes = (packetCapture?: string) =>
    runBudget({ packets: 1000, pingRatePps: 1000, cpuWindowSeconds: 1, packetCapture }, "hardware").runBytes;
  const once = bytes("all") - bytes("none");
  expect(once).toBeGreaterThan(1000 * 2 * 4 * 98);
  expect(bytes("twice") - bytes("none")).toBe(2 * once);
  expect(bytes()).toBe(bytes("all"));
});

it("of a run has room for each of its parts, and for all of its attempts", () => {
  fc.assert(
    fc.property(factors, fidelity, (run: TimedFactors, where) => {
      const budget = runBudget(run, where);
      const { usualSeconds, limitSeconds, askEveryMs } = pingBudget(run, where);
      expect(limitSeconds).toBeGreaterThan(2 * usualSeconds);
      // iputils takes 10 ms a packet where the rate is above 1000 a second.
      expect(limitSeconds).toBeGreaterThan(run.packets * 0.01);
      expect(budget.attemptSeconds).toBeGreaterThan(limitSeconds + 2 * run.cpuWindowSeconds + 60);
      expect(budget.runSeconds).toBe(3 * budget.attemptSeconds);
      expect(budget.outputBytes).toBeGreaterThan(run.packets * 100);
      expect(askEveryMs).toBeGreaterThanOrEqual(1000);
    }),
  );
});

it("gives servers that count instructions a minute of this machine for each of their seconds, and others what it always did", () => {
  const run = { packets: 100, pingRatePps: 1000, cpuWindowSeconds: 5 };
  expect(runBudget(run, "hardware").attemptSeconds).toBe(300 + 2 * 5 + (2 + 2 + 20) + 1);
  expect(runBudget(run, "emulated").attemptSeconds).toBe(300 + 2 * 5 + (2 + 25 + 20) + 1);
  const ofPing = pingBudget(run, "emulated-virtual");
  const { inStepSeconds } = stepBudget(ofPing, "emulated-virtual");
  expect(inStepSeconds).toBeGreaterThan(60 * (2 + ofPing.limitSeconds + 2 * 5));
  expect(runBudget(run, "emulated-virtual").attemptSeconds).toBe(300 + inStepSeconds + 1);
});

it("grows with the packets", () => {
  fc.assert(
    fc.property(factors, fidelity, fc.integer({ min: 1, max: 60_000 }), (run, where, more) => {
      const [less, larger] = [runBudget(run, where), runBudget({ ...run, packets: run.packets + more }, where)];
      expect(larger.runSeconds).toBeGreaterThanOrEqual(less.runSeconds);
      expect(larger.outputBytes).toBeGreaterThan(less.outputBytes);
    }),
  );
});

it("lets 65,535 packets at 1 kpps come to their end: 66 s when nothing holds them up, 22 minutes at 20 ms each", () => {
  const budget = pingBudget({ packets: 65_535, pingRatePps: 1000, cpuWindowSeconds: 10 }, "hardware");
  expect(budget.usualSeconds).toBeCloseTo(65.535);
  expect(budget.limitSeconds).toBe(1311 + 20);
});

it("gives a large file more time than a small one", () => {
  expect(transferLimitMs(20_000_000)).toBeGreaterThan(transferLimitMs(1000) + 30_000);
});
