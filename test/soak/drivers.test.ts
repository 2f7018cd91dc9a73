import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { captureOf, drivers } from "../../infra/vm/drivers.ts";
import { pingRecord } from "../../measure/probes/ping/record.ts";
import { expectPlausible, manifestOf, Testbed } from "../support/testbed.ts";

let testbed: Testbed;

beforeAll(async () => {
  testbed = await Testbed.open("soak");
});

afterAll(() => testbed?.close());

describe("every driver, deployed and measured", () => {
  it.each(drivers)("%s", async (driver) => {
    const [outcome] = await testbed.up({ mainDriver: driver });
    const manifest = manifestOf(outcome);
    if (typeof captureOf(driver).nic === "string") expectPlausible(manifest);
    expect(pingRecord(manifest).details.received).toBeGreaterThan(0);
    console.log(driver, JSON.stringify(pingRecord(manifest).metrics));
  });

  it("different drivers at the two ends", async () => {
    const [outcome] = await testbed.up({ mainDriver: { sender: "virtio-bridge", responder: "pci-passthrough" } });
    const { metrics, captures } = pingRecord(manifestOf(outcome));
    expect(metrics.rttOverheadMs).toHaveProperty("median");
    expect(metrics.responseTimeMs).toHaveProperty("unavailable");
    expect(captures.sender).toHaveLength(2);
    expect(captures.responder).toHaveLength(0);
  });

  it("leaves nothing behind", async () => {
    await testbed.destroy();
    expect(await testbed.leftovers()).toEqual(["0", "0"]);
  });
});
