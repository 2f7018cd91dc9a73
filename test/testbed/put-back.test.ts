import { afterAll, beforeAll, expect, it } from "vitest";
import { expectSequenceToPutBack } from "../support/sequences.ts";
import { Testbed } from "../support/testbed.ts";

let testbed: Testbed;

beforeAll(async () => {
  testbed = await Testbed.open("put-back");
});

afterAll(() => testbed?.close());

// One that is killed and destroyed; the others take minutes each (soak).
it("both servers are as their operator left them after up, a kill and destroy", async () => {
  expect(await expectSequenceToPutBack(testbed, 12)).not.toBe("");
});
