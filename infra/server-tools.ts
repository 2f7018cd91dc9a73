import type { Packages } from "../study/probes/asked-probe.ts";
import { probePackages } from "../study/probes/asked-probes.ts";
import type { ServerPlan } from "./plan/plan.ts";
import { endpointOf } from "./vm/drivers.ts";

/** The tools that scripts call on a server, by Debian package: without one of them a deployment is refused before it changes anything. */
export const serverTools = {
  "libvirt-clients": ["virsh"],
  iproute2: ["ip", "bridge", "ss", "tc"],
  tcpdump: ["tcpdump"],
  sysstat: ["mpstat"],
  ethtool: ["ethtool"],
  udev: ["udevadm"],
} as const satisfies Packages;

/** All that a scenario may need on its servers. */
export const allPackages: Packages = { ...serverTools, ...probePackages() };

/**
 * What a server needs installed for a scenario.
 * @param plan undefined: for any scenario
 */
export function packagesFor(plan: Pick<ServerPlan, "main" | "probes"> | undefined): Packages {
  const runsProbes = plan !== undefined && endpointOf(plan.main.driver).runsServersPrograms;
  return runsProbes ? { ...serverTools, ...probePackages(plan.probes) } : serverTools;
}

/** The programs of packages as words for a script (its variable TOOLS). */
export const toolWords = (packages: Packages) => Object.values(packages).flat().join(" ");
