import { type Role, roles } from "../lib/roles.ts";
import type { Problem } from "../study/problem.ts";
import type { Inventory } from "./config/hosts.ts";
import type { Observation } from "./observe.ts";

/** How far MemTotal may fall with another kernel or firmware, before what was written of a server is no longer true. */
const memoryDrift = 0.02;

/** What an inventory claims of its servers and they have not, each as a problem of the hosts file. */
export function falseClaims(inventory: Inventory, observed: Record<Role, Observation>): Problem[] {
  return roles.flatMap((role) => {
    const { cpus, memoryMiB, pfs } = inventory.hosts[role];
    const there = observed[role];
    const claim = (key: string, claimed: number | undefined, actual: number) =>
      claimed !== undefined && claimed > actual
        ? [
            {
              key: `hosts.${role}.${key}`,
              value: claimed,
              found: `${claimed} is not what the server has`,
              allowed: `at most ${actual} (./lab doctor --write writes what it has)`,
            },
          ]
        : [];
    return [
      ...claim("cpus", cpus, there.cpus),
      ...claim("memoryMiB", memoryMiB, Math.floor(there.memoryMiB * (1 + memoryDrift))),
      ...pfs.flatMap(({ name, totalVfs }, index) =>
        claim(`pfs.${index}.totalVfs`, totalVfs, there.pfs.get(name)?.totalVfs ?? 0),
      ),
    ];
  });
}
