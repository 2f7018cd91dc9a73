import { afterAll, beforeAll, expect, it } from "vitest";
import { drivers } from "../../infra/vm/drivers.ts";
import { expectUpToSurvive } from "../support/interrupt.ts";
import { Testbed } from "../support/testbed.ts";

let testbed: Testbed;

beforeAll(async () => {
  testbed = await Testbed.open("soak-interruptions");
});

afterAll(() => testbed?.close());

it.each(Array.from({ length: 10 }, (_, index) => index))(
  "interrupted up %i is completed by the next",
  async (index) => {
    const signal = index % 2 === 0 ? "SIGKILL" : "SIGINT";
    const mainDriver = drivers[index % drivers.length];
    const backgroundDriver = drivers[(index * 3 + 1) % drivers.length];
    const competing = { backgroundVms: index % 3, backgroundDriver, loadType: index % 4 < 2 ? "cpu" : "network" };
    const seconds = 2 + Math.random() * 70;
    console.log(`${signal} after ${seconds.toFixed(1)} s of ${mainDriver} beside ${JSON.stringify(competing)}`);
    await expectUpToSurvive(testbed, signal, seconds, { mainDriver, networkLoadMbps: 2, ...competing });
  },
);

it("destroy leaves nothing behind", async () => {
  await testbed.destroy();
  expect(await testbed.leftovers()).toEqual(["0", "0"]);
});
