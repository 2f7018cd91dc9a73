import { z } from "zod";
import { parseRecords, wholeNumber } from "../../lib/key-value.ts";
import type { Role } from "../../lib/roles.ts";
import type { Problem } from "../../study/problem.ts";
import { backgroundVmKeys, mainVmKeys } from "../../study/terms.ts";
import type { Host } from "../config/hosts.ts";
import type { MainDriver } from "../vm/drivers.ts";
import { vfsNeeded } from "./capacity.ts";
import { vfPciAddress, vfPlaceOf } from "./placement.ts";
import type { ServerPlan } from "./plan.ts";

const unlessEmpty = z
  .string()
  .transform((text) => (text === "" ? undefined : text))
  .pipe(wholeNumber.optional());

/** "VF:DEVICE,DEVICE;VF:DEVICE": what shares the IOMMU group of which VF. */
const sharedGroups = z
  .string()
  .regex(/^(\d+:[^;:]\S*(;|$))*$/)
  .transform(
    (text) =>
      new Map(
        text.split(";").flatMap((item) => {
          const [, vf, devices] = /^(\d+):(.+)$/.exec(item) ?? [];
          return vf !== undefined && devices !== undefined ? [[Number(vf), devices.split(",")] as const] : [];
        }),
      ),
  );

const record = z.strictObject({
  pf: z.string().min(1),
  pci: z.string(),
  eswitch: z.enum(["legacy", "switchdev"]),
  msix: unlessEmpty,
  memory: z.enum(["yes", "no"]),
  last_bus: unlessEmpty,
  offset: wholeNumber,
  stride: wholeNumber,
  shared: sharedGroups,
});

/** What limits the use of a PF's VFs, beside their number. */
export interface NicLimits {
  pci: string;
  eswitch: "legacy" | "switchdev";
  /** MSI-X vectors for all its VFs (sriov_vf_total_msix); undefined where its driver does not say, which is 0 there. */
  vfVectors: number | undefined;
  /** Whether the firmware gave its VFs a place in memory. */
  hasVfMemory: boolean;
  /** The last PCI bus behind the bridge that it is on; undefined for one on a root bus. */
  lastBus: number | undefined;
  offset: number;
  stride: number;
  /** VFs that are not alone in their IOMMU group, and what else is in it. Of VFs that are not there yet nothing is known. */
  sharedGroups: ReadonlyMap<number, readonly string[]>;
}

/**
 * Reads what `nic_limits` of infra/scripts/nic-limits.sh prints, by the interface of the PF.
 * @throws LabError with the line that is not understood
 */
export const parseNicLimits = (text: string): ReadonlyMap<string, NicLimits> =>
  new Map(
    parseRecords(record, text, "what a server says of its NICs").map((line) => [
      line.pf,
      {
        pci: line.pci,
        eswitch: line.eswitch,
        vfVectors: line.msix === 0 ? undefined : line.msix,
        hasVfMemory: line.memory === "yes",
        lastBus: line.last_bus,
        offset: line.offset,
        stride: line.stride,
        sharedGroups: line.shared,
      },
    ]),
  );

/** How many VFs lie on buses that there are, up to `vfs`. */
function vfsOnBuses({ pci, offset, stride, lastBus }: NicLimits, vfs: number): number {
  if (lastBus === undefined || stride === 0) return vfs;
  const busOf = (vf: number) => Number.parseInt(vfPciAddress(pci, offset, stride, vf).slice(5, 7), 16);
  let count = 0;
  while (count < vfs && busOf(count) <= lastBus) count += 1;
  return count;
}

/** What a port cannot give of the VFs that are asked of it. */
export function portProblems(role: Role, index: number, pf: Host["pfs"][number], limits: NicLimits): Problem[] {
  const { name, vfs } = pf;
  const key = `hosts.${role}.pfs.${index}.vfs`;
  if (vfs === 0) return [];
  if (limits.eswitch === "switchdev")
    return [
      {
        key: `hosts.${role}.pfs.${index}.name`,
        value: name,
        found: `${name} is in switchdev mode, where frames of its VFs go to ports of a switch on the server`,
        allowed: `a port in legacy mode (devlink dev eswitch set pci/${limits.pci} mode legacy, which takes that switch from whoever uses it)`,
      },
    ];
  if (!limits.hasVfMemory)
    return [
      {
        key,
        value: vfs,
        found: `${vfs} VFs of ${name} have no place in memory, because the firmware gave them none`,
        allowed: `0, or "Above 4G decoding" and SR-IOV in the firmware, or pci=realloc on the kernel's command line`,
      },
    ];
  const problems: Problem[] = [];
  if (limits.vfVectors !== undefined && vfs > limits.vfVectors)
    problems.push({
      key,
      value: vfs,
      found: `${vfs} VFs of ${name} take an MSI-X vector each at least, and it has ${limits.vfVectors} for them`,
      allowed: `at most ${limits.vfVectors}`,
    });
  const onBuses = vfsOnBuses(limits, vfs);
  if (onBuses < vfs)
    problems.push({
      key,
      value: vfs,
      found: `${vfs} VFs of ${name} reach beyond the last PCI bus behind its bridge (${limits.lastBus})`,
      allowed: `at most ${onBuses}, or ARI in the firmware, or pci=assign-busses on the kernel's command line`,
    });
  return problems;
}

const isPassthrough = (driver: MainDriver) => driver === "pci-passthrough";

/** VMs to which a VF cannot be handed over, because something else is in its IOMMU group. */
function groupProblems(role: Role, { pfs }: Host, plan: ServerPlan, limits: ReadonlyMap<string, NicLimits>): Problem[] {
  if (vfsNeeded(plan) > pfs.reduce((sum, { vfs }) => sum + vfs, 0)) return []; // capacity.ts refuses that
  const indices = [
    ...(isPassthrough(plan.main.driver) ? [0] : []),
    ...(isPassthrough(plan.background.driver)
      ? Array.from({ length: plan.background.vms }, (_, index) => index + 1)
      : []),
  ];
  for (const index of indices) {
    const place = vfPlaceOf(pfs, index);
    const pf = pfs[place.pf];
    const others = pf && limits.get(pf.name)?.sharedGroups.get(place.vf);
    if (!others) continue;
    const key = index === 0 ? mainVmKeys.driver : backgroundVmKeys.driver;
    return [
      {
        key,
        value: "pci-passthrough",
        found: `pci-passthrough is not allowed at the ${role}: VF ${place.vf} of ${pf.name} shares its IOMMU group with ${others.join(", ")}, and only a whole group can be handed to a VM`,
        allowed: "another driver, or a slot or firmware with PCIe ACS",
      },
    ];
  }
  return [];
}

/**
 * What a scenario asks of a server's NICs and they cannot give, as the server itself says. Only what has VFs is
 * looked at, whether VMs use them or not: all drivers find the same server.
 */
export function nicProblems(
  role: Role,
  host: Host,
  plan: ServerPlan,
  limits: ReadonlyMap<string, NicLimits>,
): Problem[] {
  const ofPorts = host.pfs.flatMap((pf, index) => {
    const there = limits.get(pf.name);
    return there === undefined ? [] : portProblems(role, index, pf, there);
  });
  return ofPorts.length > 0 ? ofPorts : groupProblems(role, host, plan, limits);
}
