import { expect, it } from "vitest";
import { explain } from "../../../infra/config/explain.ts";
import { configSchema } from "../../../infra/config/schema.ts";
import { problemLine } from "../../../study/problem.ts";

function problemsIn(value: object) {
  const { error } = configSchema.safeParse(value);
  return error === undefined ? [] : explain(error, value, () => ["packets", "runs"]);
}

it("tells a problem as key, value and what is allowed; the sentence is made of them", () => {
  const [packets, driver, ...more] = problemsIn({
    packets: 0,
    mainDriver: { sender: "x", responder: "e1000-bridge" },
  }).sort((a, b) => (a.key > b.key ? -1 : 1));
  expect(more).toEqual([]);
  expect(packets).toEqual({ key: "packets", value: 0, found: "0 is not allowed", allowed: "at least 1" });
  expect(driver).toMatchObject({ key: "mainDriver.sender", value: "x", allowed: expect.stringMatching(/^one of /) });
  expect(packets && problemLine(packets)).toBe("packets: 0 is not allowed; allowed: at least 1");
});

it("has the value undefined for what is missing, and the known keys for a key that there is not", () => {
  expect(problemsIn({})).toEqual([expect.objectContaining({ key: "mainDriver", value: undefined, found: "missing" })]);
  const [unknown] = problemsIn({ mainDriver: "e1000-bridge", packet: [1] });
  expect(unknown).toMatchObject({ key: "packet", value: [1], knownKeys: ["packets", "runs"] });
  expect(unknown && problemLine(unknown)).toBe("packet: [1]: there is no such key; known keys here: packets, runs");
});

it("tells each problem once", () => {
  const wrong = { mainDriver: "e1000-bridge", runs: "ten" };
  expect(problemsIn(wrong).map(problemLine)).toEqual([...new Set(problemsIn(wrong).map(problemLine))]);
  expect(problemsIn(wrong)).toHaveLength(1);
});
