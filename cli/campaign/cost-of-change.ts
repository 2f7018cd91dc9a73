import { canonicalJson } from "../../lib/canonical.ts";
import type { PlannedScenario } from "./planned-scenario.ts";

/** Which servers the fleet stands on: the Sender's, both, the Responder's. From each to the next half of it stays. */
function placeOfFleet({ vms: { sender, responder } }: PlannedScenario): number {
  if (sender.background === 0) return 2;
  return responder.background === 0 ? 0 : 1;
}

type Feature = (scenario: PlannedScenario) => number | string;

/**
 * What makes two scenarios differ, the most expensive change first: another fleet boots all its VMs, another load only
 * tells them to do something else, another driver replaces the two Main VMs, another frequency changes no VM at all.
 */
const features: readonly Feature[] = [
  ({ config }) => (config.backgroundVms === 0 ? "" : canonicalJson(config.backgroundDriver)),
  ({ config }) => config.backgroundVms,
  placeOfFleet,
  ({ config }) => config.loadType,
  ({ config }) => config.loadLocation,
  ({ config }) => canonicalJson(config.mainDriver),
  ({ config }) => config.pingRatePps,
];

/** Ranks a feature's values: numbers as they are, texts in the order in which the experiments bring them; "" first. */
function ranked(feature: Feature, scenarios: readonly PlannedScenario[]): (scenario: PlannedScenario) => number {
  const texts = [...new Set(["", ...scenarios.map(feature)])];
  return (scenario) => {
    const value = feature(scenario);
    return typeof value === "number" ? value : texts.indexOf(value);
  };
}

/** Scenarios in the order in which going from each to the next changes least on the servers. */
export function byCostOfChange(scenarios: readonly PlannedScenario[]): PlannedScenario[] {
  const ranks = features.map((feature) => ranked(feature, scenarios));
  const compare = (a: PlannedScenario, b: PlannedScenario) =>
    ranks.reduce((found, rank) => found || rank(a) - rank(b), 0);
  return [...scenarios].sort(compare);
}
