import { afterAll, beforeAll, expect, it } from "vitest";
import { expectUpToSurvive } from "../support/interrupt.ts";
import { Testbed } from "../support/testbed.ts";

let testbed: Testbed;

beforeAll(async () => {
  testbed = await Testbed.open("interruptions");
});

afterAll(() => testbed?.close());

/** Some time within the first deployment, from the first layer to the run. */
const someSeconds = () => 4 + Math.random() * 40;

it.each(["SIGKILL", "SIGINT"] as const)("an interrupted up (%s) is completed by the next", async (signal) => {
  const seconds = someSeconds();
  console.log(`${signal} after ${seconds.toFixed(1)} s`);
  await expectUpToSurvive(testbed, signal, seconds, {
    mainDriver: signal === "SIGKILL" ? "macvtap-passthrough" : "virtio-bridge",
  });
});

it("destroy leaves nothing behind", async () => {
  await testbed.destroy();
  expect(await testbed.leftovers()).toEqual(["0", "0"]);
});
