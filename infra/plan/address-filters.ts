import type { Host, Pf, Role } from "../config/hosts.ts";
import { capabilities } from "../vm/drivers.ts";
import type { LoadPlan, ServerPlan } from "./plan.ts";
import type { Problem } from "./problem.ts";

/**
 * Whether a VM's address must be in the filter of the NIC whose PF is the bridge's port. A PF in a bridge takes every frame from the
 * cable that is for no VF, so a VM on the bridge needs an entry only for frames that the NIC itself would switch: those of VFs of the
 * same NIC, to which no VM here talks (each talks to its counterpart on the other server), and those that a NIC returns to its own PF.
 * @param index of the VM: 0 is the Main VM
 */
export const needsAddressFilter = (
  pf: Pick<Pf, "returnsOwnFrames"> | undefined,
  load: LoadPlan,
  index: number,
): boolean => pf?.returnsOwnFrames === true && (index === 0 || load.type === "network");

/** Entries of the filter that a server's VMs need. */
export function addressFiltersNeeded({ pfs }: Pick<Host, "pfs">, { main, background, load }: ServerPlan): number {
  const [pf] = pfs;
  if (pf === undefined) return 0;
  const entries = (vm: ServerPlan["main"], vms: number, index: number) =>
    vms > 0 && capabilities[vm.driver].attachesTo === "bridge" && needsAddressFilter(pf, load, index) ? vms : 0;
  return entries(main, 1, 0) + entries(background, background.vms, 1);
}

/** Entries that VMs can have: each VF takes one and the PF another, and one is kept for whoever adds an address. */
const freeFilters = ({ addressFilters = 0, vfs }: Pf) => Math.max(0, addressFilters - vfs - 2);

/** What VMs on the bridge ask of the NIC's filter and it cannot hold. */
export function addressFilterProblems(role: Role, host: Host, plan: ServerPlan): Problem[] {
  const [pf] = host.pfs;
  if (pf?.addressFilters === undefined) return [];
  const [needed, free] = [addressFiltersNeeded(host, plan), freeFilters(pf)];
  if (needed <= free) return [];
  const ofBackground = addressFiltersNeeded(host, { ...plan, main: { ...plan.main, driver: "pci-passthrough" } });
  const holds = `the filter of ${pf.name} holds ${pf.addressFilters} addresses, ${free} of them beside those of ${pf.vfs} VFs and its own`;
  return [
    ofBackground === 0
      ? {
          key: "mainDriver",
          found: `${plan.main.driver} needs an address filter at the ${role}, and ${holds}`,
          allowed: "a driver on a VF, or fewer vfs there",
        }
      : {
          key: "backgroundVms",
          found: `${plan.background.vms} on ${plan.background.driver} with network load need ${needed} address filters at the ${role}, the Main VM's included, and ${holds}`,
          allowed: `at most ${Math.max(0, free - (needed - ofBackground))}, a driver on a VF, or fewer vfs there`,
        },
  ];
}
