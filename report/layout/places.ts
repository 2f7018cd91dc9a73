import { cellWords } from "../../measure/analysis/cell-words.ts";
import type { ShownScenario } from "./scenarios.ts";

/** Where a scenario is drawn in figures of all scenarios: in a panel, over its number of background VMs, as a driver. */
export interface DrawnPlace {
  /** Index of the scenario. */
  scenario: number;
  panel: string;
  vms: number;
  /** How many competed where the figure shows another number: "62 (for 64)". */
  competing: string;
  driver: string;
}

/** How many competed, and the study's number that they stand for where that is another (4.4). */
const competingWords = ({ vms, factors }: ShownScenario): string => {
  const competing = factors.background_vms ?? vms;
  return competing === vms ? String(vms) : `${competing} (for ${vms})`;
};

/** What a caption says where scenarios are drawn over another number of background VMs than they had. */
export function levelWords(places: readonly DrawnPlace[]): string[] {
  const others = inOrder(places.flatMap(({ vms, competing }) => (competing === String(vms) ? [] : [competing])));
  return others.length === 0
    ? []
    : [`On SR-IOV the most background VMs are as many as VFs are left (4.4): ${others.join(", ")}.`];
}

/**
 * The places of scenarios. A panel is one set of conditions and one frequency, and whatever else differs between the scenarios is in its
 * name, so that no two scenarios ever have one place. A scenario without competitors stands in every panel of its frequency, because load
 * means nothing there; where there is no such panel, it has one of its own.
 */
export function placesOf(scenarios: readonly ShownScenario[]): DrawnPlace[] {
  const { frame, panel: panelOf } = cellWords(scenarios);
  const panelsByFrame = new Map<string, Set<string>>();
  for (const one of scenarios) {
    if (one.vms === 0) continue;
    const panels = panelsByFrame.get(frame(one)) ?? new Set();
    panelsByFrame.set(frame(one), panels.add(panelOf(one)));
  }
  return scenarios.flatMap((one, scenario) => {
    const { vms, driver } = one;
    const panels = vms === 0 ? [...(panelsByFrame.get(frame(one)) ?? [])] : [];
    const competing = competingWords(one);
    return (panels.length > 0 ? panels : [panelOf(one)]).map((panel) => ({ scenario, panel, vms, competing, driver }));
  });
}

/** The same where a panel has one number of background VMs: each scenario has one place. */
export function placesByVms(scenarios: readonly ShownScenario[]): DrawnPlace[] {
  const { panel: panelOf } = cellWords(scenarios);
  return scenarios.map((one, scenario) => {
    const { vms, driver } = one;
    const panel = vms === 0 ? panelOf(one) : `${panelOf(one)}, ${vms} background VMs`;
    return { scenario, panel, vms, competing: competingWords(one), driver };
  });
}

const byAlphabet = new Intl.Collator("en", { numeric: true });

/** Different values in the order of their numbers, or of the alphabet, in which "pair 2" comes before "pair 10". */
export const inOrder = <T extends string | number | boolean>(values: Iterable<T>): T[] =>
  [...new Set(values)].sort((a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b : byAlphabet.compare(String(a), String(b)),
  );
