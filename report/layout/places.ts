import { cellWords } from "../../measure/analysis/cell-words.ts";
import type { ShownScenario } from "./scenarios.ts";

/** Where a scenario is drawn in figures of all scenarios: in a panel, over its number of background VMs, as a driver. */
export interface DrawnPlace {
  /** Index of the scenario. */
  scenario: number;
  panel: string;
  vms: number;
  driver: string;
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
    return (panels.length > 0 ? panels : [panelOf(one)]).map((panel) => ({ scenario, panel, vms, driver }));
  });
}

/** The same where a panel has one number of background VMs: each scenario has one place. */
export function placesByVms(scenarios: readonly ShownScenario[]): DrawnPlace[] {
  const { panel: panelOf } = cellWords(scenarios);
  return scenarios.map((one, scenario) => {
    const { vms, driver } = one;
    return { scenario, panel: vms === 0 ? panelOf(one) : `${panelOf(one)}, ${vms} background VMs`, vms, driver };
  });
}

/** Different values in the order of their numbers, or of the alphabet. */
export const inOrder = <T extends string | number>(values: Iterable<T>): T[] =>
  [...new Set(values)].sort((a, b) => (typeof a === "number" && typeof b === "number" ? a - b : a < b ? -1 : 1));
