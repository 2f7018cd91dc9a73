import { median } from "../../measure/statistics/quantiles.ts";
import type { PlannedDeployment } from "./deployments.ts";
import { deploymentKey, type JournalEntry } from "./journal.ts";

type Size = Pick<PlannedDeployment, "scenario" | "replicate" | "boots">;

/** Background VMs on both servers: what a deployment's time depends on most. */
const sizeOf = ({ scenario: { vms } }: Size): number => vms.sender.background + vms.responder.background;

type Measured = Extract<JournalEntry, { event: "measured" }>;

/** Seconds that VMs take to boot, from those that were: the median of as many VMs, else by the VM. */
function bootSeconds(measured: readonly Measured[], bootsOf: (entry: Measured) => number) {
  const alike = (boots: number) => measured.filter((entry) => bootsOf(entry) === boots).map(({ spent }) => spent.boot);
  const each = measured.flatMap((entry) => (bootsOf(entry) > 0 ? [entry.spent.boot / bootsOf(entry)] : []));
  return (boots: number): number => {
    const known = alike(boots);
    if (known.length > 0) return median(known);
    return each.length > 0 ? boots * median(each) : 0;
  };
}

/**
 * How long deployments take, from those that a journal tells of. What boots no VM is the median of those of the same scenario, else of
 * those with as many background VMs, else of all; to it come the VMs that are booted for it, which its place in the order decides.
 * @param planned what the journal's deployments are, for their numbers of VMs
 * @returns seconds, undefined where the journal tells of none
 */
export function estimatesFrom(
  journal: readonly JournalEntry[],
  planned: readonly Size[],
): (deployment: Size) => number | undefined {
  const sizes = new Map(planned.map((each) => [each.scenario.hash, sizeOf(each)]));
  const boots = new Map(planned.map((each) => [deploymentKey(each.scenario.hash, each.replicate), each.boots]));
  const measured = journal.flatMap((entry) => (entry.event === "measured" && entry.whole ? [entry] : []));
  const secondsToBoot = bootSeconds(measured, ({ hash, replicate }) => boots.get(deploymentKey(hash, replicate)) ?? 0);
  const secondsOf = (wanted: (hash: string) => boolean) =>
    measured.filter(({ hash }) => wanted(hash)).map(({ seconds, spent }) => seconds - spent.boot);
  const withoutBoot = (deployment: Size): number | undefined => {
    const choices = [
      secondsOf((hash) => hash === deployment.scenario.hash),
      secondsOf((hash) => sizes.get(hash) === sizeOf(deployment)),
      secondsOf(() => true),
    ];
    const known = choices.find(({ length }) => length > 0);
    return known === undefined ? undefined : median(known);
  };
  // A campaign asks for thousands of deployments, of few scenarios and few numbers of boots.
  const [rests, boot] = [new Map<string, number | undefined>(), new Map<number, number>()];
  return (deployment) => {
    const { scenario, boots: count } = deployment;
    if (!rests.has(scenario.hash)) rests.set(scenario.hash, withoutBoot(deployment));
    const rest = rests.get(scenario.hash);
    if (!boot.has(count)) boot.set(count, secondsToBoot(count));
    return rest === undefined ? undefined : rest + (boot.get(count) ?? 0);
  };
}

/** Work that several do side by side. */
export interface SharedWork<Item> {
  /** What each of them has before it, for nobody else. */
  own: readonly (readonly Item[])[];
  /** Whole blocks, each for whoever is free first. */
  free: readonly (readonly Item[])[];
}

/**
 * How long it takes until all of it is done.
 * @param secondsOf of a part; what is not known is taken for the mean of the others
 * @returns undefined where none is known
 */
export function secondsUntilDone<Item>(
  { own, free }: SharedWork<Item>,
  secondsOf: (item: Item) => number | undefined,
): number | undefined {
  const known = [...own, ...free].flat().flatMap((item) => secondsOf(item) ?? []);
  if (known.length === 0) return undefined;
  const mean = known.reduce((sum, each) => sum + each, 0) / known.length;
  const sum = (items: readonly Item[]) => items.reduce((total, item) => total + (secondsOf(item) ?? mean), 0);
  const busy = own.map(sum);
  for (const block of free) {
    const first = busy.indexOf(Math.min(...busy));
    if (first >= 0) busy[first] = (busy[first] ?? 0) + sum(block);
  }
  return Math.max(0, ...busy);
}

/** "3 h 20 min", "45 min", "1 min". */
export function durationText(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** ", about 45 min left"; empty where that is not known. */
export const timeLeftText = (seconds: number | undefined): string =>
  seconds === undefined ? "" : `, about ${durationText(seconds)} left`;
