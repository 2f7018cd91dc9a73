import { measures } from "../../../study/metric-lists.ts";
import { isCpu } from "../measures.ts";
import { paperLocations } from "../table3.ts";
import { type Tested, vmsTestedWith } from "./evidence.ts";
import type { Rule, Where } from "./rules.ts";

const listWords = (values: readonly number[]) => values.join(" and ");

/** The rule's number of background VMs, or what really stood in its place. */
function vmsWords(vms: Where["vms"], used: readonly number[]): string[] {
  if (vms === undefined) return [];
  if (vms === "loaded") return ["with background VMs"];
  if (used.length === 0) return ["is" in vms ? `${vms.is} background VMs` : `more than ${vms.above} background VMs`];
  if ("is" in vms)
    return [
      `${listWords(used)} background VMs${used.every((count) => count === vms.is) ? "" : ` in place of ${vms.is}`}`,
    ];
  return [
    `${listWords(used)} background VMs${used.every((count) => count > vms.above) ? "" : ` in place of more than ${vms.above}`}`,
  ];
}

const settingWords = {
  none: "no background VMs",
  bridge: "background VMs on a bridge",
  sriov: "background VMs on SR-IOV",
};
const place = { sender: "at the Sender", responder: "at the Responder" };
const everyLocation = paperLocations.map((location) => place[location]).join(" and ");

/**
 * Where a rule applies, in words; empty for everywhere.
 * @param used numbers of background VMs that were really there; empty: as the rule says
 */
function whereWords(where: Where, used: readonly number[] = []): string {
  const { settings, load, location, ratePps, vms, except } = where;
  const loaded =
    load === "none"
      ? ["no load"]
      : load || location
        ? [`${load === "cpu" ? "CPU" : (load ?? "any")} load${location ? ` ${place[location]}` : ""}`]
        : [];
  const words = [
    ...(settings && vms === undefined && load !== "none"
      ? [settings.map((setting) => settingWords[setting]).join(" or ")]
      : []),
    ...(settings?.includes("sriov") && vms !== undefined ? [settingWords.sriov] : []),
    ...loaded,
    ...vmsWords(vms, used),
    ...(ratePps === undefined ? [] : [ratePps === 1000 ? "1 kpps" : "1 Mpps"]),
    ...(except
      ? [
          `except ${except.load === "cpu" ? "CPU" : except.load} load ${place[except.location]} with ${except.vms} background VMs`,
        ]
      : []),
  ];
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
}

const short = (value: number) => Number(value.toPrecision(3)).toString();

/** A rule as the statement that it tests, as it was fixed. */
export const ruleWords = (rule: Rule): string => testedWords(rule, null);

/**
 * A rule as the statement that was tested.
 * @param tested with what; null: with nothing yet
 */
export function testedWords(rule: Rule, tested: Tested | null): string {
  const used = vmsTestedWith(tested);
  const most = used.at(-1);
  const what = measures[rule.measure].what;
  const unit = measures[rule.measure].unit === "of 1" ? "" : ` ${measures[rule.measure].unit}`;
  switch (rule.kind) {
    case "below": {
      const each = rule.eachNumberOfVms ? ", at each number of background VMs" : "";
      return `${what}: ${rule.first} below ${rule.second}${each}${whereWords(rule.where, used)}`;
    }
    case "ratio":
      return `${what}: ${rule.first} / ${rule.second} between ${short(rule.low)} and ${short(rule.high)}${whereWords(rule.where, used)}`;
    case "same": {
      const margin =
        rule.scale === "absolute"
          ? `${rule.margin}${isCpu(rule.measure) ? " percentage points" : unit}`
          : `${short(rule.margin * 100)} %`;
      return `${what}: ${rule.first} and ${rule.second} differ by less than ${margin}${whereWords(rule.where, used)}`;
    }
    case "notReduced":
      return `${what}: ${rule.first} / ${rule.second} above ${short(1 - rule.margin)}${whereWords(rule.where, used)}`;
    case "rises":
      return `${what} of ${rule.arm}: higher with ${most ? `${most} background VMs, the most,` : "the most background VMs"} than without${whereWords(rule.where, used)}`;
    case "sameAtBothRates":
      return `${what} of ${rule.arms.join(" and ")}: 1 Mpps and 1 kpps differ by less than ${short(rule.margin * 100)} %${whereWords(rule.where, used)}`;
    case "within":
      return `${what} of ${rule.arm}: between ${short(rule.low)} and ${short(rule.high)}${unit}${whereWords(rule.where, used)}`;
    case "largestWithin":
      return `${what} of ${rule.arm}, of all runs: between ${short(rule.low)} and ${short(rule.high)}${unit}${whereWords(rule.where, used)}`;
    case "influence":
      return `${what}: ${rule.arm} has the ${rule.rank === "least" ? "smallest" : "largest"} |tau-b| of all drivers, with load ${everyLocation}`;
    case "lowers":
      return `${what}: tau-b of ${rule.arm} below 0 beside ${rule.beside.join(" and ")}, with load ${everyLocation}`;
  }
}
