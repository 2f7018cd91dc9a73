import { afterAll, beforeAll, expect, it } from "vitest";
import { expectSequenceToPutBack } from "../support/sequences.ts";
import { Testbed } from "../support/testbed.ts";

let testbed: Testbed;

beforeAll(async () => {
  testbed = await Testbed.open("put-back");
});

afterAll(() => testbed?.close());

it.each([1, 2])(
  "both servers are as their operator left them after sequence %i of up, change, kill and destroy",
  async (number) => {
    expect(await expectSequenceToPutBack(testbed, number)).not.toBe("");
  },
);
