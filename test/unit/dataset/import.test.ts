import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readHandFacts } from "../../../measure/dataset/import/facts.ts";
import { importRuns } from "../../../measure/dataset/import/import-runs.ts";
import { pingRecord } from "../../../measure/probes/ping/record.ts";
import { inspectRun } from "../../../measure/results/token.ts";
import { samples } from "../../support/samples.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-import-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("makes runs that count, once", async () => {
  const { imported, there } = await importRuns(samples, folder, { fidelity: "emulated" });
  expect(imported).toHaveLength(8);
  expect(there).toEqual([]);
  for (const run of imported) expect(inspectRun(run)).toHaveProperty("manifest");
  expect(await importRuns(samples, folder, { fidelity: "emulated" })).toEqual({ imported: [], there: imported });
});

test("dates a run by what ping printed, and by its file where it printed no stamps", async () => {
  const from = join(folder, "from");
  cpSync(join(samples, "virtio-bridge/run-1"), join(from, "virtio-bridge/run-1"), { recursive: true });
  const text = join(from, "virtio-bridge/run-1/ping.txt");
  const copied = new Date("2027-03-04T05:06:07Z");
  utimesSync(text, copied, copied);
  const endedIn = async (into: string) => {
    const [run = ""] = (await importRuns(from, join(folder, into), { fidelity: "emulated" })).imported;
    const state = inspectRun(run);
    return "manifest" in state ? state.manifest.ended : state.missing;
  };
  const [, last] =
    readFileSync(text, "utf8")
      .match(/^.*$/gm)
      ?.findLast((line) => line.startsWith("["))
      ?.match(/^\[(\d+)/) ?? [];
  expect(Math.trunc(Date.parse(await endedIn("stamped")) / 1000)).toBe(Number(last));
  writeFileSync(text, readFileSync(text, "utf8").replaceAll(/^\[[\d.]+\] /gm, ""));
  utimesSync(text, copied, copied);
  expect(await endedIn("without")).toBe(copied.toISOString());
});

test("writes what ping and tcpdump said into the manifest", async () => {
  const { imported } = await importRuns(samples, folder, { fidelity: "emulated" });
  const state = inspectRun(imported.find((run) => run.includes("macvtap")) ?? "");
  if ("missing" in state) throw new Error(state.missing);
  expect(state.manifest).toMatchObject({
    fidelity: "emulated",
    scenario: { factors: { packets: 100, frameBytes: 64, pingRatePps: 1000, background: null, load: null } },
    unavailable: {},
  });
  const { parameters, cpu, captures } = pingRecord(state.manifest);
  expect(parameters).toEqual({ pingId: 1001, packets: 100, ratePps: 1000, payloadBytes: 18 });
  expect(cpu.sender).toMatchObject({ beforeSamples: [0, 12], duringSamples: [0, 12] });
  expect(captures.sender.map(({ captured }) => captured)).toEqual([300, 300]);
});

test("asks for the ping frequency where no facts.txt tells it", async () => {
  const from = join(folder, "from");
  cpSync(join(samples, "virtio-bridge", "run-1"), join(from, "virtio-bridge", "run-1"), {
    recursive: true,
    filter: (path) => !path.endsWith("facts.txt"),
  });
  await expect(importRuns(from, join(folder, "to"), { fidelity: "emulated" })).rejects.toThrow("give --rate");
  const { imported } = await importRuns(from, join(folder, "to"), { fidelity: "emulated", ratePps: 500 });
  const state = inspectRun(imported[0] ?? "");
  expect(state).toMatchObject({ manifest: { probes: [{ parameters: { pingId: 1001, ratePps: 500 } }] } });
});

test("refuses folders without runs and runs without their files", async () => {
  await expect(importRuns(join(folder, "nope"), folder, { fidelity: "emulated" })).rejects.toThrow("there is no");
  await expect(importRuns(folder, folder, { fidelity: "emulated" })).rejects.toThrow("DRIVER/run-N");
  const from = join(folder, "from");
  cpSync(join(samples, "virtio-bridge", "run-1"), join(from, "virtio-bridge", "run-1"), {
    recursive: true,
    filter: (path) => !path.endsWith("mpstat-sender.json"),
  });
  await expect(importRuns(from, join(folder, "to"), { fidelity: "emulated" })).rejects.toThrow(
    "there is no mpstat-sender.json",
  );
});

test("reads facts.txt as far as it goes", () => {
  const facts = readHandFacts(readFileSync(join(samples, "pci-passthrough", "run-1", "facts.txt"), "utf8"));
  expect(facts).toMatchObject({ pingId: 1001, ratePps: 1000 });
  expect(facts.captures.get("sender-nic")).toEqual({
    interface: "pf0",
    captured: 0,
    receivedByFilter: 0,
    droppedByKernel: 0,
  });
  expect(readHandFacts("nothing")).toEqual({ captures: new Map() });
  expect(readHandFacts("guest: /bin/ping -3 -i 0 -c 100 x").ratePps).toBe(1_000_000);
  expect(() => readHandFacts("-- sender-nic.err\ntcpdump: listening on pf0, link-type\n1 packets captured\n")).toThrow(
    "counters",
  );
});

test("refuses a folder that is named by no driver, with the list, and imports nothing", async () => {
  const from = join(folder, "mine");
  cpSync(samples, from, { recursive: true });
  cpSync(join(from, "virtio-bridge"), join(from, "virtio"), { recursive: true });
  const error = await importRuns(from, join(folder, "results"), { fidelity: "emulated" }).catch((thrown) => thrown);
  expect(error).toMatchObject({ exitCode: 2 });
  expect(error.message).toMatch(/no driver is called "virtio"; .*e1000-bridge, virtio-bridge, macvtap-passthrough/);
  expect(existsSync(join(folder, "results"))).toBe(false);
});
