import { type Fidelity, fidelities } from "../../results/fidelity.ts";
import { isCpu } from "../measures.ts";
import { isShown, type Rule } from "./rules.ts";

/** An order of times is the same on emulated servers as far as it follows from the path; a number or CPU usage is not. */
const isOrdering = ({ kind }: Rule) => ["below", "rises", "lowers"].includes(kind);

const isTimedByOthers =
  "its times are an emulator's, which change with all else that the machine does: only their order is tested";

/** Why a rule on times that orders none is not tested where times count instructions. */
const pathLength: Partial<Record<Rule["kind"], string>> = {
  ratio: "a ratio of path lengths leaves out VM exits, DMA and caches, of which drivers take unequal parts",
  within: "a path length is not how long hardware takes for it",
  notReduced: "packets of one path length spread by where timers fall, and not as on hardware",
  same: "drivers of equal path length need not be equal on hardware",
};

const cpu: Record<Exclude<Fidelity, "hardware">, string> = {
  emulated: "CPU usage of emulated servers is the emulator's work",
  "emulated-kvm": "CPU usage of servers with emulated network cards is the emulator's work in part",
  "emulated-virtual":
    "CPU usage is the share of instructions, and what VM exits and address translation cost hardware is none of them",
};

/**
 * Why a rule is not tested on servers of that kind; null where it is.
 *
 * In virtual time one more kind of rule is tested than on the wall clock: that the two frequencies of ping give the same RTT. RTTs are
 * shorter than ping's interval there, so the frequencies are two treatments, and each path is compared with itself.
 */
export function untestable(rule: Rule, fidelity: string): string | null {
  const label = fidelities.find((known) => known === fidelity);
  if (label === undefined || label === "hardware") return null;
  if (isCpu(rule.measure)) return cpu[label];
  if (isOrdering(rule)) return null;
  if (label !== "emulated-virtual") return isTimedByOthers;
  return rule.kind === "sameAtBothRates" ? null : (pathLength[rule.kind] ?? isTimedByOthers);
}

/** What of a claim is tested on servers of that kind, in words. */
export function testedPart(rules: readonly Rule[], fidelity: Fidelity): string {
  const numbers = rules.flatMap((rule, index) =>
    isShown(rule) || untestable(rule, fidelity) !== null ? [] : [index + 1],
  );
  if (numbers.length === 0) return "nothing";
  return numbers.length === rules.length ? "all of it" : `rule ${numbers.join(", ")}`;
}

/** Why the others of its rules are not, each reason once. */
export const reasonsAgainst = (rules: readonly Rule[], fidelity: Fidelity): string[] => [
  ...new Set(rules.flatMap((rule) => (isShown(rule) ? [] : (untestable(rule, fidelity) ?? [])))),
];
