import type { Deployment } from "./deployments.ts";

/** Where a campaign deploys and publishes; absolute paths. */
export interface Place {
  hosts: string;
  results: string;
}

const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/**
 * The whole configuration of a deployment as a stack stores it: a text a key. Every key is set, so that neither the
 * project's defaults nor the scenario before reach into it; only the guest image is the project's.
 */
export const settingsOf = (
  { scenario, replicate, order }: Deployment,
  { hosts, results }: Place,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...scenario.config, replicate, order, hosts, resultsDirectory: results }).map(([key, value]) => [
      key,
      asText(value),
    ]),
  );

/**
 * After how long a deployment is given up as a hang: two fleets that take all the time they may, and echo requests that
 * are answered after a second each, which is far above what a loaded emulated server needs. A day at most.
 */
export function timeLimitMs({ scenario }: Deployment): number {
  const { readyWithinSeconds, cpuWindowSeconds, packets, runs } = scenario.config;
  const seconds = 600 + 2 * readyWithinSeconds + runs * (60 + 2 * cpuWindowSeconds + packets);
  return 1000 * Math.min(seconds, 86_400);
}
