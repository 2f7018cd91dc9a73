import type { Role } from "../../lib/roles.ts";
import type { Problem } from "../../study/problem.ts";
import { backgroundVmKeys, mainVmKeys } from "../../study/terms.ts";
import type { Host, Pf } from "../config/hosts.ts";
import { attachments } from "../vm/drivers.ts";
import type { ServerPlan } from "./plan.ts";

/** Entries of the filter that a server's VMs need. */
export function addressFiltersNeeded({ pfs }: Pick<Host, "pfs">, { main, background }: ServerPlan): number {
  const entries = ({ driver }: ServerPlan["main"], vms: number) =>
    vms * attachments[driver].hostSwitch.filterEntries({ pfs });
  return entries(main, 1) + entries(background, background.vms);
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
          key: mainVmKeys.driver,
          value: plan.main.driver,
          found: `${plan.main.driver} needs an address filter at the ${role}, and ${holds}`,
          allowed: "a driver on a VF, or fewer vfs there",
        }
      : {
          key: backgroundVmKeys.vms,
          value: plan.background.vms,
          found: `${plan.background.vms} on ${plan.background.driver} need ${needed} address filters at the ${role}, the Main VM's included, and ${holds}`,
          allowed: `at most ${Math.max(0, free - (needed - ofBackground))}, a driver on a VF, or fewer vfs there`,
        },
  ];
}
