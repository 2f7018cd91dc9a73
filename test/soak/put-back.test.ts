import { afterAll, beforeAll, expect, it } from "vitest";
import { expectSequenceToPutBack } from "../support/sequences.ts";
import { Testbed } from "../support/testbed.ts";

let testbed: Testbed;

beforeAll(async () => {
  testbed = await Testbed.open("soak-put-back");
});

afterAll(() => testbed?.close());

const sequences = Array.from({ length: 20 }, (_, index) => index + 1);

it.each(sequences)("both servers are as their operator left them after sequence %i", async (number) => {
  const told = await expectSequenceToPutBack(testbed, number);
  expect(told).not.toBe("");
  console.log(`sequence ${number}\n${told}`);
});
