import { expect, test } from "vitest";
import { isShown } from "../../../measure/analysis/claims/rules.ts";
import { studyClaims } from "../../../measure/analysis/claims/study.ts";
import { reasonsAgainst, testedPart, untestable } from "../../../measure/analysis/claims/testable.ts";

const rules = studyClaims.flatMap((claim) => claim.rules).filter((rule) => !isShown(rule));
const tested = (fidelity: string) => rules.filter((rule) => untestable(rule, fidelity) === null);

test("hardware is asked everything, emulated servers the order of times, servers in virtual time both frequencies too", () => {
  expect(tested("hardware")).toEqual(rules);
  const emulated = tested("emulated");
  expect(new Set(emulated.map(({ kind }) => kind))).toEqual(new Set(["below", "rises", "lowers"]));
  expect(emulated.filter(({ measure }) => measure.startsWith("cpu"))).toEqual([]);
  const more = tested("emulated-virtual").filter((rule) => !emulated.includes(rule));
  expect(more.map(({ kind }) => kind)).toEqual(["sameAtBothRates"]);
  expect(tested("emulated-virtual")).toEqual(expect.arrayContaining(emulated));
});

test("a rule that is not tested has the reason of its kind, and a claim has each reason once", () => {
  const rulesOf = (id: string) => studyClaims.find((one) => one.id === id)?.rules ?? [];
  expect(reasonsAgainst(rulesOf("C5"), "emulated-virtual")).toEqual([
    expect.stringContaining("ratio of path lengths"),
    expect.stringContaining("not how long hardware takes"),
  ]);
  expect(reasonsAgainst(rulesOf("C9"), "emulated-virtual")).toEqual([expect.stringContaining("share of instructions")]);
  expect(reasonsAgainst(rulesOf("C9"), "emulated")).toEqual([expect.stringContaining("the emulator's work")]);
  expect(reasonsAgainst(rulesOf("C8"), "emulated-virtual")).toEqual([]);
});

test("says which rules of a claim are tested", () => {
  const claim = (id: string) => studyClaims.find((one) => one.id === id)?.rules ?? [];
  expect(testedPart(claim("C1"), "emulated")).toBe("all of it");
  expect(testedPart(claim("C3"), "emulated")).toBe("nothing");
  expect(testedPart(claim("C3"), "emulated-virtual")).toBe("all of it");
  expect(testedPart(claim("C7"), "emulated-virtual")).toBe("rule 1, 2");
});
