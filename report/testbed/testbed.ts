import type { Inventory, Pf } from "../../infra/config/hosts.ts";
import type { Config } from "../../infra/config/schema.ts";
import { planOf } from "../../infra/plan/plan.ts";
import { identityOf } from "../../infra/vm/addresses.ts";
import type { Driver, MainDriver } from "../../infra/vm/drivers.ts";
import type { Role } from "../../lib/roles.ts";
import { loadWords } from "../../study/loads/loads.ts";
import { pairKey } from "../../study/terms.ts";

/** How endpoints are attached: the driver, and the VLAN that the NIC puts their VFs into (0: none). */
interface DrawnDriver<Of extends MainDriver> {
  driver: Of;
  vlan: number;
}

/** What is drawn of a server. What nobody knows or recorded of it is null, and is not drawn. */
export interface DrawnServer {
  role: Role;
  address: string | null;
  /** Its ports in their order. */
  pfs: readonly Pick<Pf, "name" | "vfs">[] | null;
  main: DrawnDriver<MainDriver> & {
    /** Its virtual CPUs and memory, and its address. */
    machine: { vcpus: number; memoryMiB: number } | null;
    ip: string | null;
  };
  background: (DrawnDriver<Driver> & { vms: string; most: number; does: string }) | null;
}

/** What is drawn of a testbed. */
export interface DrawnTestbed {
  title: string;
  servers: Record<Role, DrawnServer>;
  /** Whether packets of the Main VMs are captured. */
  isCaptured: boolean;
}

/**
 * The testbed of a stack's configuration, as `up` would deploy it.
 * @param inventory null where the servers are not described yet: neither ports nor VFs have numbers then
 */
export function testbedOfStack(
  stack: string,
  config: Omit<Config, "hosts">,
  inventory: Inventory | null,
): DrawnTestbed {
  const plan = planOf(config);
  const pair = config[pairKey];
  const serverOf = (role: Role): DrawnServer => {
    const { main, background } = plan[role];
    const host = inventory?.hosts[role];
    return {
      role,
      address: host?.address ?? null,
      pfs: host?.pfs ?? null,
      main: {
        ...{ driver: main.driver, vlan: main.vlan },
        machine: { vcpus: main.vcpus, memoryMiB: main.memoryMiB },
        ip: identityOf({ pair, role }, 0).ip,
      },
      background:
        background.vms === 0
          ? null
          : {
              ...{ driver: background.driver, vlan: background.vlan, most: background.vms },
              ...{ vms: String(background.vms), does: loadWords(config) },
            },
    };
  };
  return {
    title: `Testbed of the stack ${stack}${pair === 1 ? "" : `, pair ${pair}`}`,
    servers: { sender: serverOf("sender"), responder: serverOf("responder") },
    isCaptured: plan.sender.isCaptured,
  };
}
