import { homedir } from "node:os";
import { join } from "node:path";

/** The checkout this code runs from. */
export const checkout = join(import.meta.dirname, "..");

/** What a checkout keeps for itself and git ignores: Pulumi state, the inventory of the hosts, links to images. */
export const labDir = join(checkout, ".lab");

/** The file with the emulated servers, from the checkout: the servers that are meant where no others are named. */
export const hostsFile = ".lab/hosts.json";

/**
 * The one folder for what was built or generated on this machine (toolchains, images, keys, running servers), shared
 * by all checkouts. `LAB_CACHE` moves it; else the XDG base directory specification decides.
 */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return env.LAB_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "sriov-rtt-testbed");
}
