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

// What all of its processes being killed leaves, killed-campaign.test.ts looks at.
it("an up that its user interrupts is completed by the next", async () => {
  const seconds = someSeconds();
  console.log(`SIGINT after ${seconds.toFixed(1)} s`);
  await expectUpToSurvive(testbed, "SIGINT", seconds, { mainDriver: "macvtap-passthrough" });
});

it("destroy leaves nothing behind", async () => {
  await testbed.destroy();
  expect(await testbed.leftovers()).toEqual(["0", "0"]);
});
