import { type Role, roles } from "../../lib/roles.ts";
import { kindOf, type LoadKinds, loadKinds } from "../../study/loads/loads.ts";
import { distinctProblems, type Problem } from "../../study/problem.ts";
import { backgroundVmKeys, mainVmKeys } from "../../study/terms.ts";
import type { Host, Inventory } from "../config/hosts.ts";
import { endpointOf, takesVf } from "../vm/drivers.ts";
import { addressFilterProblems } from "./address-filters.ts";
import { vfPlaceOf, vfsForBackground } from "./placement.ts";
import type { Plan, ServerPlan } from "./plan.ts";

/** What QEMU takes for a VM beside the guest's own memory, and what the server keeps for itself. */
const memoryPerVmMiB = 64;
const serverMemoryMiB = 512;

const onVf = ({ driver }: Pick<ServerPlan["main"], "driver">) => takesVf(driver);

/** VFs that a server's VMs take. */
export const vfsNeeded = ({ main, background }: ServerPlan): number =>
  (onVf(main) ? 1 : 0) + (onVf(background) ? background.vms : 0);

/** Memory that a server's VMs take, MiB. */
export const memoryNeeded = ({ main, background }: ServerPlan): number =>
  (endpointOf(main.driver).hasOwnMachine ? main.memoryMiB + memoryPerVmMiB : 0) +
  background.vms * (background.memoryMiB + memoryPerVmMiB);

function vfProblems(role: Role, { pfs }: Host, plan: ServerPlan): Problem[] {
  const tooMany = pfs.flatMap(({ name, vfs, totalVfs }, index) =>
    totalVfs !== undefined && vfs > totalVfs
      ? [
          {
            key: `hosts.${role}.pfs.${index}.vfs`,
            value: vfs,
            found: `${vfs} VFs of ${name} are not allowed`,
            allowed: `at most ${totalVfs}`,
          },
        ]
      : [],
  );
  const there = pfs.reduce((sum, { vfs }) => sum + vfs, 0);
  if (onVf(plan.main) && there === 0)
    return [
      ...tooMany,
      {
        key: mainVmKeys.driver,
        value: plan.main.driver,
        found: `${plan.main.driver} needs a VF at the ${role}, and hosts.${role}.pfs gives none`,
        allowed: "a driver on the bridge, or more vfs there",
      },
    ];
  if (vfsNeeded(plan) <= there) return tooMany;
  const most = vfsForBackground(pfs, onVf(plan.main));
  return [
    ...tooMany,
    {
      key: backgroundVmKeys.vms,
      value: plan.background.vms,
      found: `${plan.background.vms} on ${plan.background.driver} need ${vfsNeeded(plan)} VFs at the ${role}, the Main VM's included, and hosts.${role}.pfs gives ${there}`,
      allowed: `at most ${most}, a driver on the bridge, or more vfs there`,
    },
  ];
}

function memoryProblems(role: Role, { memoryMiB }: Host, plan: ServerPlan): Problem[] {
  const needed = memoryNeeded(plan);
  if (memoryMiB === undefined || needed === 0 || needed + serverMemoryMiB <= memoryMiB) return [];
  const { main, background } = plan;
  const room = memoryMiB - serverMemoryMiB - memoryNeeded({ ...plan, background: { ...background, vms: 0 } });
  const most = Math.max(0, Math.floor(room / (background.memoryMiB + memoryPerVmMiB)));
  return [
    background.vms > 0
      ? {
          key: backgroundVmKeys.vms,
          value: background.vms,
          found: `${background.vms} of ${background.memoryMiB} MiB and the Main VM need ${needed} MiB at the ${role}, which has ${memoryMiB} and keeps ${serverMemoryMiB} for itself`,
          allowed: `at most ${most}, or less ${backgroundVmKeys.memoryMiB}`,
        }
      : {
          key: mainVmKeys.memoryMiB,
          value: main.memoryMiB,
          found: `${main.memoryMiB} is more than the ${role} has (${memoryMiB} MiB, of which it keeps ${serverMemoryMiB})`,
          allowed: `at most ${memoryMiB - serverMemoryMiB - memoryPerVmMiB}`,
        },
  ];
}

function cpuProblems(role: Role, { cpus }: Host, { main, background }: ServerPlan): Problem[] {
  if (cpus === undefined) return [];
  const wrong = (key: string, vcpus: number) =>
    vcpus > cpus
      ? [
          {
            key,
            value: vcpus,
            found: `${vcpus} virtual CPUs are more than the ${role} has CPUs`,
            allowed: `at most ${cpus}`,
          },
        ]
      : [];
  return [
    ...(endpointOf(main.driver).hasOwnMachine ? wrong(mainVmKeys.vcpus, main.vcpus) : []),
    ...(background.vms > 0 ? wrong(backgroundVmKeys.vcpus, background.vcpus) : []),
  ];
}

function vlanProblems(role: Role, { main, background }: ServerPlan): Problem[] {
  const wrong = (key: string, { driver, vlan }: ServerPlan["main"]) =>
    vlan > 0 && !onVf({ driver })
      ? [
          {
            key,
            value: vlan,
            found: `${vlan} is not allowed: the NIC tags frames of VFs, and ${driver} at the ${role} has none`,
            allowed: "0",
          },
        ]
      : [];
  return [...wrong(mainVmKeys.vlan, main), ...(background.vms > 0 ? wrong(backgroundVmKeys.vlan, background) : [])];
}

/** Ports are cabled in pairs: two VMs reach each other only through PFs at the same place of the two servers. */
function wiringProblems({ hosts }: Inventory, plan: Plan, kinds: LoadKinds): Problem[] {
  if (roles.some((role) => vfsNeeded(plan[role]) > sumVfs(hosts[role]))) return [];
  const portOf = (role: Role, index: number) => {
    const { main, background } = plan[role];
    return onVf(index === 0 ? main : background) ? vfPlaceOf(hosts[role].pfs, index).pf : 0;
  };
  const talking = kindOf(plan.sender.load.type, kinds)?.talks ? plan.sender.background.vms : 0;
  for (let index = 0; index <= talking; index += 1) {
    const [there, here] = [portOf("sender", index), portOf("responder", index)];
    if (there === here) continue;
    const who = index === 0 ? "the Main VM" : `background VM ${index}`;
    return [
      {
        key: "hosts.responder.pfs",
        value: hosts.responder.pfs,
        found: `${who} would be on ${hosts.responder.pfs[here]?.name}, and its counterpart on ${hosts.sender.pfs[there]?.name} of the sender, which no cable joins`,
        allowed: "the same numbers of vfs on both servers, and drivers that both use VFs or both the bridge",
      },
    ];
  }
  return [];
}

/** What cannot be had of the load itself; both servers have the same one, or one of them none. */
const loadProblems = ({ load, background }: ServerPlan, kinds: LoadKinds): Problem[] =>
  kindOf(load.type, kinds)?.problems?.(load, background) ?? [];

const sumVfs = ({ pfs }: Host) => pfs.reduce((sum, { vfs }) => sum + vfs, 0);

/**
 * What a scenario asks of the servers and they cannot give. What the
 * inventory does not say of a server (memory, CPUs, VFs in all) is not checked.
 */
export function capacityProblems(inventory: Inventory, plan: Plan, kinds: LoadKinds = loadKinds): Problem[] {
  const ofServers = roles.flatMap((role) => {
    const host = inventory.hosts[role];
    return [vfProblems, addressFilterProblems, memoryProblems, cpuProblems].flatMap((check) =>
      check(role, host, plan[role]),
    );
  });
  const ofVlans = roles.flatMap((role) => vlanProblems(role, plan[role]));
  const all = [
    ...ofServers,
    ...ofVlans,
    ...wiringProblems(inventory, plan, kinds),
    ...roles.flatMap((role) => loadProblems(plan[role], kinds)),
  ];
  return distinctProblems(all);
}
