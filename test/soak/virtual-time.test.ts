import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Driver, drivers } from "../../infra/vm/drivers.ts";
import { pingRecord } from "../../measure/probes/ping/record.ts";
import { median } from "../../measure/statistics/quantiles.ts";
import { manifestOf, Testbed } from "../support/testbed.ts";
import { VirtualPair } from "../support/virtual-pair.ts";

const replicates = 3;
const patient = { timeout: 3_600_000 };
const pair = new VirtualPair();
let testbed: Testbed;

beforeAll(async () => {
  await pair.up();
  testbed = await Testbed.open("soak-virtual", pair.inventoryFile);
});

afterAll(async () => {
  await pair.down();
  testbed?.forget();
});

/** Runs `body` while four processes of this machine do nothing but compute. */
async function besideSpinners<T>(spinners: number, body: () => Promise<T>): Promise<T> {
  const processes: ChildProcess[] = Array.from({ length: spinners }, () => spawn("sh", ["-c", "while :; do :; done"]));
  try {
    return await body();
  } finally {
    for (const spinner of processes) spinner.kill("SIGKILL");
  }
}

interface Measured {
  medianMs: number;
  wallSeconds: number;
  virtualSeconds: number;
}

/** One deployment of a driver, and one run on it. */
async function measured(mainDriver: Driver, replicate: number): Promise<Measured> {
  const own = { mainDriver, replicate, packets: 100, cpuWindowSeconds: 1 };
  const { metrics, sharedClock } = pingRecord(manifestOf((await testbed.up(own, [], 1_800_000))[0]));
  if (!("median" in metrics.rttMs) || !sharedClock) throw new Error("no RTT in virtual time");
  const { wallSeconds, counts } = sharedClock;
  const found = { medianMs: metrics.rttMs.median, wallSeconds, virtualSeconds: counts.sender.virtualNs / 1e9 };
  console.log(mainDriver, replicate, JSON.stringify({ ...found, metrics }));
  return found;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Standard deviation over mean. */
const variation = (values: readonly number[]) =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)) * (values.length / (values.length - 1))) /
  mean(values);

describe("medians in virtual time, without load", patient, () => {
  const found = new Map<string, number[]>();

  it.each(
    [0, 4].flatMap((spinners) =>
      Array.from({ length: replicates }, (_, index) =>
        drivers.map((driver) => [driver, spinners, spinners * replicates + index + 1] as const),
      ).flat(),
    ),
  )("%s beside %i spinning processes, replicate %i", async (driver, spinners, replicate) => {
    const { medianMs } = await besideSpinners(spinners, () => measured(driver, replicate));
    const key = `${driver} ${spinners}`;
    found.set(key, [...(found.get(key) ?? []), medianMs]);
  });

  it.each(drivers)("of %s repeat within 2 %%, whatever else the machine does", (driver) => {
    const [quiet = [], busy = []] = [0, 4].map((spinners) => found.get(`${driver} ${spinners}`) ?? []);
    console.log(driver, { quiet, busy, variation: [variation(quiet), variation(busy)] });
    expect([quiet.length, busy.length]).toEqual([replicates, replicates]);
    expect(Math.max(variation(quiet), variation(busy))).toBeLessThanOrEqual(0.02);
    expect(Math.abs(median(quiet) / median(busy) - 1)).toBeLessThanOrEqual(0.02);
  });

  it("order passthrough, virtio bridge and e1000 bridge in every replicate", () => {
    const all = (driver: Driver) => [0, 4].flatMap((spinners) => found.get(`${driver} ${spinners}`) ?? []);
    const [pci, virtio, e1000] = [all("pci-passthrough"), all("virtio-bridge"), all("e1000-bridge")];
    expect(pci).toHaveLength(2 * replicates);
    for (const [index, rtt] of pci.entries()) {
      expect(rtt).toBeLessThan(virtio[index] ?? 0);
      expect(virtio[index]).toBeLessThan(e1000[index] ?? 0);
    }
  });
});
