import { otherRole, type Role, roles } from "../../lib/roles.ts";
import { competingServers, driverAt, hasLoad, isLoaded } from "../../study/competition.ts";
import type { Driver } from "../../study/drivers.ts";
import type { FactorValues } from "../../study/scenario.ts";
import { backgroundVmKeys, loadKeys, mainVmKeys } from "../../study/terms.ts";

/** What one server's background VMs do. */
export type LoadPlan =
  | { type: "none" }
  | { type: "cpu"; percent: number }
  | {
      type: "network";
      /** Whether these VMs send to their counterparts on the other server, and whether those send to them. */
      sends: boolean;
      receives: boolean;
      mbps: number;
      packetBytes: number;
      burstPackets: number;
    };

/** What a scenario asks of one server. */
export interface ServerPlan {
  main: { driver: Driver; vlan: number; memoryMiB: number; vcpus: number };
  background: { driver: Driver; vlan: number; memoryMiB: number; vcpus: number; vms: number };
  load: LoadPlan;
}

export type Plan = Record<Role, ServerPlan>;

function loadOf(config: FactorValues, role: Role): LoadPlan {
  if (!hasLoad(config)) return { type: "none" };
  if (hasLoad(config, "cpu"))
    return isLoaded(config, role) ? { type: "cpu", percent: config[loadKeys.percent] } : { type: "none" };
  // The location is the direction: load at the Responder is bursts from the Sender's VMs to the Responder's (3.1.2).
  return {
    type: "network",
    sends: isLoaded(config, otherRole[role]),
    receives: isLoaded(config, role),
    mbps: config[loadKeys.mbps],
    packetBytes: config[loadKeys.packetBytes],
    burstPackets: config[loadKeys.burstPackets],
  };
}

/** What a scenario asks of both servers: which VMs, attached how, doing what. A pure function of its configuration. */
export function planOf(config: FactorValues): Plan {
  const fleets = competingServers(config);
  const serverPlan = (role: Role): ServerPlan => ({
    main: {
      driver: driverAt(config[mainVmKeys.driver], role),
      vlan: config[mainVmKeys.vlan],
      memoryMiB: config[mainVmKeys.memoryMiB],
      vcpus: config[mainVmKeys.vcpus],
    },
    background: {
      driver: driverAt(config[backgroundVmKeys.driver], role),
      vlan: config[backgroundVmKeys.vlan],
      memoryMiB: config[backgroundVmKeys.memoryMiB],
      vcpus: config[backgroundVmKeys.vcpus],
      vms: fleets.includes(role) ? config[backgroundVmKeys.vms] : 0,
    },
    load: loadOf(config, role),
  });
  return { sender: serverPlan("sender"), responder: serverPlan("responder") };
}

/** The servers that have background VMs. */
export const fleetRoles = (plan: Plan): Role[] => roles.filter((role) => plan[role].background.vms > 0);
