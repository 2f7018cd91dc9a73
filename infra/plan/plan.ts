import { otherRole, type Role, roles } from "../../lib/roles.ts";
import { driverAt, isLoaded } from "../../study/competition.ts";
import type { Driver, MainDriver } from "../../study/drivers.ts";
import { competingServers, type LoadKinds, type LoadPlan, loadKinds, loadPlanOf } from "../../study/loads/loads.ts";
import type { FactorValues } from "../../study/scenario.ts";
import { backgroundVmKeys, capturesPerPoint, mainVmKeys } from "../../study/terms.ts";

/** What a scenario asks of one server. */
export interface ServerPlan {
  main: { driver: MainDriver; vlan: number; memoryMiB: number; vcpus: number };
  background: { driver: Driver; vlan: number; memoryMiB: number; vcpus: number; vms: number };
  load: LoadPlan;
  /** Whether packets are captured. */
  isCaptured: boolean;
  /** Probes that the scenario asks for beside ping. */
  probes: FactorValues["probes"];
}

export type Plan = Record<Role, ServerPlan>;

/** What a scenario asks of both servers: which VMs, attached how, doing what. A pure function of its configuration. */
export function planOf(config: FactorValues, kinds: LoadKinds = loadKinds): Plan {
  const fleets = competingServers(config, kinds);
  const placeOf = (role: Role) => ({ isHere: isLoaded(config, role), isThere: isLoaded(config, otherRole[role]) });
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
    load: loadPlanOf({ ...config }, placeOf(role), kinds),
    isCaptured: capturesPerPoint(config) > 0,
    probes: config.probes,
  });
  return { sender: serverPlan("sender"), responder: serverPlan("responder") };
}

/** The servers that have background VMs. */
export const fleetRoles = (plan: Plan): Role[] => roles.filter((role) => plan[role].background.vms > 0);
