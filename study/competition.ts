import type { Role } from "../lib/roles.ts";
import type { MainDriver } from "./drivers.ts";

/** What of a configuration says who competes with the Main VMs. */
export interface Competition {
  backgroundVms: number;
  /** A kind of load (loads/loads.ts), or "none". */
  loadType: string;
  loadLocation: Role | "both";
}

/** Who competes in a run, as the configuration said it, from what is recorded: `location` is a server's or "both". */
export const recordedCompetition = (run: {
  vms: number;
  load: { type: string; location: string } | null;
}): Competition => ({
  backgroundVms: run.vms,
  loadType: run.load?.type ?? "none",
  loadLocation: (run.load?.location ?? "both") as Competition["loadLocation"],
});

/** The configuration without background VMs, where load means nothing. */
export const nobodyCompetes = { backgroundVms: 0, loadType: "none" } as const satisfies Partial<Competition>;

/** Whether a server is where the load is. */
export const isLoaded = ({ loadLocation }: Competition, role: Role): boolean =>
  loadLocation === "both" || loadLocation === role;

export const competes = ({ backgroundVms }: Competition): boolean => backgroundVms > 0;

/** Whether background VMs have anything to do, of a kind that is named. */
export const hasLoad = (config: Competition, type = config.loadType): boolean =>
  competes(config) && config.loadType !== "none" && config.loadType === type;

/** The driver of an end, of one for both ends or one for each. */
export const driverAt = <Name extends MainDriver>(driver: Name | Readonly<Record<Role, Name>>, role: Role): Name =>
  typeof driver === "string" ? driver : driver[role];

const betweenEnds = "~";

/** One word where all are alike: "virtio-bridge"; else "virtio-bridge~e1000-bridge". */
export const joinedEnds = (values: readonly string[]): string => [...new Set(values)].join(betweenEnds);

/** The words of so many ends, of what `joinedEnds` makes of them. */
export function splitEnds(joined: string, count: number): string[] {
  const words = joined.split(betweenEnds);
  return Array.from({ length: count }, (_, i) => words[words.length === 1 ? 0 : i] ?? "");
}
