import type { Host, Pf } from "../config/hosts.ts";
import { addressFiltersOf } from "./address-filters.ts";
import type { ExaminedPf, Facts } from "./facts.ts";

/** The most VFs of a port that a host's description can say (infra/config/hosts.ts). */
const mostVfs = 256;

/** What preview must know of a port without asking its server. */
type PortCapacity = Pick<Pf, "totalVfs" | "addressFilters">;

function portCapacity({ totalVfs, vfDevice }: ExaminedPf): PortCapacity {
  const addressFilters = addressFiltersOf(vfDevice);
  return {
    totalVfs: Math.min(totalVfs ?? 0, mostVfs),
    ...(addressFilters !== undefined && { addressFilters }),
  };
}

/** What preview must know of a server without asking it; undefined for ports that are not there. */
export interface Capacity {
  cpus: number;
  memoryMiB: number;
  pfs: (PortCapacity | undefined)[];
}

/** What a server has of it. */
export const capacityOf = ({ pfs }: Host, facts: Facts): Capacity => ({
  cpus: facts.cpu.count,
  memoryMiB: facts.memory.totalMiB,
  pfs: pfs.map(({ name }) => {
    const there = facts.pfs.get(name);
    return there && portCapacity(there);
  }),
});

/** The same by key below the host, e.g. "pfs.0.totalVfs", in the order of the keys. */
export const capacityByKey = ({ cpus, memoryMiB, pfs }: Capacity): Map<string, number> =>
  new Map([
    ["cpus", cpus],
    ["memoryMiB", memoryMiB],
    ...pfs.flatMap((pf, index) =>
      Object.entries(pf ?? {}).flatMap(([key, value]) =>
        value === undefined ? [] : [[`pfs.${index}.${key}`, value] as const],
      ),
    ),
  ]);

/** What a host's description states of the same keys. */
export function statedCapacity({ cpus, memoryMiB, pfs }: Host, key: string): number | undefined {
  if (key === "cpus") return cpus;
  if (key === "memoryMiB") return memoryMiB;
  const [, index, name] = /^pfs\.(\d+)\.(.*)$/.exec(key) ?? [];
  const pf = pfs[Number(index)];
  return name === "totalVfs" || name === "addressFilters" ? pf?.[name] : undefined;
}

/** The host with what its server really has. */
export function withCapacity(host: Host, facts: Facts): Host {
  const { pfs, ...has } = capacityOf(host, facts);
  return { ...host, ...has, pfs: host.pfs.map((pf, index) => ({ ...pf, ...pfs[index] })) };
}
