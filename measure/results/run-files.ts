import type { Role } from "../../lib/roles.ts";

/* The files in a run's folder. docs/dataset.md describes them. */

export const manifestFile = "manifest.json";
/** What a probe printed, and what it said on stderr when that was anything. */
export const outputFile = (probe: string) => `${probe}.txt`;
export const errorsFile = (probe: string) => `${probe}.err`;
/** What somebody wrote about a run that was made by hand. */
export const factsFile = "facts.txt";
/** CPU usage of a server. */
export const cpuFile = (role: Role) => `mpstat-${role}.json`;
/** What was captured at a point, e.g. "sender.nic". */
export const captureFile = (point: `${Role}.${string}`) => `${point.replace(".", "-")}.pcap`;
