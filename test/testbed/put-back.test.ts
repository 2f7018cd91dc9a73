import { afterAll, beforeAll, expect, it } from "vitest";
import { expectSequenceToPutBack } from "../support/sequences.ts";
import { Testbed } from "../support/testbed.ts";

let testbed: Testbed;

beforeAll(async () => {
  testbed = await Testbed.open("put-back");
});

afterAll(() => testbed?.close());

// One that is only killed and destroyed, and one that goes on after a kill.
it.each([12, 13])(
  "both servers are as their operator left them after sequence %i of up, change, kill and destroy",
  async (number) => {
    expect(await expectSequenceToPutBack(testbed, number)).not.toBe("");
  },
);
