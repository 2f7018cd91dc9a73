import type { Host } from "../config/hosts.ts";
import type { Facts } from "./facts.ts";

/** The most VFs of a port that a host's description can say (infra/config/hosts.ts). */
const mostVfs = 256;

/** What preview must know of a server without asking it, by key below the host; `totalVfs` only of ports that are there. */
export function capacityOf({ pfs }: Host, facts: Facts): Map<string, number> {
  const totals = pfs.flatMap(({ name }, index) => {
    const there = facts.pfs.get(name);
    return there === undefined ? [] : [[`pfs.${index}.totalVfs`, Math.min(there.totalVfs ?? 0, mostVfs)] as const];
  });
  return new Map([["cpus", facts.cpu.count], ["memoryMiB", facts.memory.totalMiB], ...totals]);
}

/** What a host's description states of the same keys. */
export function statedCapacity({ cpus, memoryMiB, pfs }: Host, key: string): number | undefined {
  if (key === "cpus") return cpus;
  if (key === "memoryMiB") return memoryMiB;
  return pfs[Number(/^pfs\.(\d+)\./.exec(key)?.[1])]?.totalVfs;
}

/** The host with what its server really has. */
export function withCapacity(host: Host, facts: Facts): Host {
  const has = capacityOf(host, facts);
  return {
    ...host,
    cpus: facts.cpu.count,
    memoryMiB: facts.memory.totalMiB,
    pfs: host.pfs.map((pf, index) => {
      const totalVfs = has.get(`pfs.${index}.totalVfs`);
      return totalVfs === undefined ? pf : { ...pf, totalVfs };
    }),
  };
}
