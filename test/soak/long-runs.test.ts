import { statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pingRecord } from "../../measure/probes/ping/record.ts";
import { expectPlausible, manifestOf, Testbed } from "../support/testbed.ts";

let testbed: Testbed;

beforeAll(async () => {
  testbed = await Testbed.open("soak-long-runs");
});

afterAll(() => testbed?.close());

/** An emulated server answers some 100 requests a second. */
const timeoutMs = 3_000_000;

/** As many as a 16-bit sequence number tells apart. */
const packets = 65_535;

it.each(["pci-passthrough", "virtio-bridge"] as const)("65,535 packets at 1 kpps over %s", async (mainDriver) => {
  const began = Date.now();
  const [outcome] = await testbed.up({ mainDriver, packets, pingRatePps: 1000 }, [], timeoutMs);
  const seconds = Math.round((Date.now() - began) / 1000);
  const manifest = manifestOf(outcome);
  const { details, captures, metrics, cpu } = pingRecord(manifest);
  if (mainDriver === "virtio-bridge") expectPlausible(manifest);
  expect(details.transmitted).toBe(packets);
  expect(details.received).toBeGreaterThan(0.99 * packets);
  const text = statSync(join(outcome?.directory ?? "", "ping/ping.txt")).size;
  console.log(mainDriver, JSON.stringify({ seconds, pingTextBytes: text, details, captures, metrics, cpu }));
});

it("leaves nothing behind", async () => {
  await testbed.destroy();
  expect(await testbed.leftovers()).toEqual(["0", "0"]);
});
