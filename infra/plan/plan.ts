import { type Role, roles } from "../config/hosts.ts";
import type { Config } from "../config/schema.ts";
import type { Driver } from "../vm/drivers.ts";

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
type Scenario = Omit<Config, "hosts">;

export const other: Record<Role, Role> = { sender: "responder", responder: "sender" };

const driverAt = (driver: Config["mainDriver"], role: Role): Driver =>
  typeof driver === "string" ? driver : driver[role];

/** Whether a server is where the load is. */
const isLoaded = ({ loadLocation }: Scenario, role: Role) => loadLocation === "both" || loadLocation === role;

/** CPU load needs a fleet where it is; network load, and a fleet that does nothing, stands on both servers. */
const hasFleet = (config: Scenario, role: Role) =>
  config.backgroundVms > 0 && (config.loadType !== "cpu" || isLoaded(config, role));

function loadOf(config: Scenario, role: Role): LoadPlan {
  if (!hasFleet(config, role) || config.loadType === "none") return { type: "none" };
  if (config.loadType === "cpu") return { type: "cpu", percent: config.cpuLoadPercent };
  // The location is the direction: load at the Responder is bursts from the Sender's VMs to the Responder's (3.1.2).
  return {
    type: "network",
    sends: isLoaded(config, other[role]),
    receives: isLoaded(config, role),
    mbps: config.networkLoadMbps,
    packetBytes: config.networkLoadPacketBytes,
    burstPackets: config.networkLoadBurstPackets,
  };
}

/** What a scenario asks of both servers: which VMs, attached how, doing what. A pure function of its configuration. */
export function planOf(config: Scenario): Plan {
  const serverPlan = (role: Role): ServerPlan => ({
    main: {
      driver: driverAt(config.mainDriver, role),
      vlan: config.mainVlan,
      memoryMiB: config.guestMemoryMiB,
      vcpus: config.guestCpus,
    },
    background: {
      driver: driverAt(config.backgroundDriver, role),
      vlan: config.backgroundVlan,
      memoryMiB: config.backgroundMemoryMiB,
      vcpus: config.backgroundCpus,
      vms: hasFleet(config, role) ? config.backgroundVms : 0,
    },
    load: loadOf(config, role),
  });
  return { sender: serverPlan("sender"), responder: serverPlan("responder") };
}

/** The servers that have background VMs. */
export const fleetRoles = (plan: Plan): Role[] => roles.filter((role) => plan[role].background.vms > 0);
