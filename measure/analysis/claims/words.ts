import { measures } from "../measures.ts";
import type { Rule, Where } from "./rules.ts";

function vmsWords(vms: Where["vms"]): string[] {
  if (vms === undefined) return [];
  if (vms === "loaded") return ["with background VMs"];
  return ["is" in vms ? `${vms.is} background VMs` : `more than ${vms.above} background VMs`];
}

const settingWords = {
  none: "no background VMs",
  bridge: "background VMs on a bridge",
  sriov: "background VMs on SR-IOV",
};
const place = { sender: "at the Sender", responder: "at the Responder" };

/** Where a rule applies, in words; empty for everywhere. */
export function whereWords({ settings, load, location, ratePps, vms, except }: Where): string {
  const loaded =
    load === "none"
      ? ["no load"]
      : load || location
        ? [`${load === "cpu" ? "CPU" : (load ?? "any")} load${location ? ` ${place[location]}` : ""}`]
        : [];
  const words = [
    ...(settings && vms === undefined && load !== "none"
      ? [settings.map((one) => settingWords[one]).join(" or ")]
      : []),
    ...(settings?.includes("sriov") && vms !== undefined ? [settingWords.sriov] : []),
    ...loaded,
    ...vmsWords(vms),
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

/** A rule as the statement that it tests. */
export function ruleWords(rule: Rule): string {
  const what = measures[rule.measure].what;
  const unit = measures[rule.measure].unit === "of 1" ? "" : ` ${measures[rule.measure].unit}`;
  switch (rule.kind) {
    case "below": {
      const each = rule.eachNumberOfVms ? ", at each number of background VMs" : "";
      return `${what}: ${rule.first} below ${rule.second}${each}${whereWords(rule.where)}`;
    }
    case "ratio":
      return `${what}: ${rule.first} / ${rule.second} between ${short(rule.low)} and ${short(rule.high)}${whereWords(rule.where)}`;
    case "same": {
      const margin = rule.scale === "absolute" ? `${rule.margin}${unit}` : `${short(rule.margin * 100)} %`;
      return `${what}: ${rule.first} and ${rule.second} differ by less than ${margin}${whereWords(rule.where)}`;
    }
    case "notReduced":
      return `${what}: ${rule.first} / ${rule.second} above ${short(1 - rule.margin)}${whereWords(rule.where)}`;
    case "rises":
      return `${what} of ${rule.arm}: higher with the most background VMs than without${whereWords(rule.where)}`;
    case "sameAtBothRates":
      return `${what} of ${rule.arms.join(" and ")}: 1 Mpps and 1 kpps differ by less than ${short(rule.margin * 100)} %${whereWords(rule.where)}`;
    case "within":
      return `${what} of ${rule.arm}: between ${short(rule.low)} and ${short(rule.high)}${unit}${whereWords(rule.where)}`;
    case "largestWithin":
      return `${what} of ${rule.arm}, of all runs: between ${short(rule.low)} and ${short(rule.high)}${unit}${whereWords(rule.where)}`;
    case "influence":
      return `${what}: ${rule.arm} has the ${rule.rank === "least" ? "smallest" : "largest"} |tau-b| of all drivers, with load at the Sender and at the Responder`;
    case "lowers":
      return `${what}: tau-b of ${rule.arm} below 0, with load at the Sender and at the Responder`;
  }
}
