import { canonicalJson } from "../../lib/canonical.ts";
import { roles } from "../../lib/roles.ts";
import type { FactorRow } from "../../study/factor.ts";
import { factorTable } from "../../study/factors.ts";
import { recordedIn } from "../../study/scenario.ts";
import { backgroundVmKeys } from "../../study/terms.ts";
import type { PlannedScenario } from "./planned-scenario.ts";

/** Which servers the fleet stands on: the Sender's, both, the Responder's. From each to the next half of it stays. */
function placeOfFleet({ vms: { sender, responder } }: PlannedScenario): number {
  if (sender.background === 0) return 2;
  return responder.background === 0 ? 0 : 1;
}

type Feature = (scenario: PlannedScenario) => number | string;

function featureOf(row: FactorRow): Feature {
  return ({ factors }) => {
    const value = recordedIn(factors, row) ?? "";
    return typeof value === "number" || typeof value === "string" ? value : canonicalJson(value);
  };
}

/** What decides which VMs a scenario needs, each as one text. */
interface VmsNeeded {
  mains: string;
  /** The design of the background VMs, without their number. */
  design: string;
}

/** By scenario: an order asks for each of them often. */
const needs = new WeakMap<PlannedScenario, VmsNeeded>();

/** What a scenario has of the factors that make something anew. @param without a factor that is left out, by its key */
const recordedOf = ({ factors }: PlannedScenario, what: FactorRow["remakes"], without?: string): string =>
  canonicalJson(
    Object.entries(factorTable).flatMap(([key, row]) =>
      row.remakes === what && key !== without ? [recordedIn(factors, row) ?? null] : [],
    ),
  );

function needOf(scenario: PlannedScenario): VmsNeeded {
  const need = needs.get(scenario) ?? {
    mains: recordedOf(scenario, "Main VMs"),
    design: recordedOf(scenario, "background VMs", backgroundVmKeys.vms),
  };
  needs.set(scenario, need);
  return need;
}

/**
 * The VMs that a scenario needs, as one text. Between scenarios of equal text no VM is booted, whatever these do: together they are a
 * whole plot.
 */
export const vmsNeededBy = (scenario: PlannedScenario): string =>
  JSON.stringify([
    needOf(scenario),
    ...roles.flatMap((role) => [scenario.vms[role].main, scenario.vms[role].background]),
  ]);

/** All VMs of a scenario. */
const allVms = ({ vms }: PlannedScenario): number =>
  roles.reduce((sum, role) => sum + vms[role].main + vms[role].background, 0);

/** How many VMs are booted for a scenario. @param before the scenario whose VMs stand there; undefined where none may stay */
export function vmsBooted(before: PlannedScenario | undefined, scenario: PlannedScenario): number {
  if (before === undefined) return allVms(scenario);
  const [stoodThere, need] = [needOf(before), needOf(scenario)];
  const [areMains, isFleet] = [stoodThere.mains === need.mains, stoodThere.design === need.design];
  return roles.reduce((sum, role) => {
    const [stood, needed] = [before.vms[role], scenario.vms[role]];
    const grown = Math.max(0, needed.background - (isFleet ? stood.background : 0));
    return sum + (areMains ? 0 : needed.main) + grown;
  }, 0);
}

/** Of the factors that make the same anew, those first whose values are names: another name changes all of it, a number a part. */
function featuresThatRemake(what: FactorRow["remakes"], scenarios: readonly PlannedScenario[]): Feature[] {
  const features = Object.values(factorTable).flatMap((row) => (row.remakes === what ? [featureOf(row)] : []));
  const isNumber = (feature: Feature) => scenarios.some((scenario) => typeof feature(scenario) === "number");
  return [...features.filter((feature) => !isNumber(feature)), ...features.filter(isNumber)];
}

/**
 * What makes two scenarios differ, the most expensive change first: another fleet boots all its VMs, another load only
 * tells them to do something else, another driver replaces the two Main VMs, another frequency changes no VM at all.
 */
const featuresOf = (scenarios: readonly PlannedScenario[]): Feature[] => [
  ...featuresThatRemake("background VMs", scenarios),
  placeOfFleet,
  ...featuresThatRemake("load", scenarios),
  ...featuresThatRemake("Main VMs", scenarios),
  ...featuresThatRemake("runs", scenarios),
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
  const ranks = featuresOf(scenarios).map((feature) => ranked(feature, scenarios));
  const ranksOf = scenarios.map((scenario) => ({ scenario, own: ranks.map((rank) => rank(scenario)) }));
  return ranksOf
    .sort((a, b) => ranks.reduce((found, _rank, index) => found || Number(a.own[index]) - Number(b.own[index]), 0))
    .map(({ scenario }) => scenario);
}
