import type { Host, Inventory } from "../../infra/config/hosts.ts";
import { type Config, configSchema } from "../../infra/config/schema.ts";
import { type DrawnTestbed, testbedOfStack } from "../../report/testbed/testbed.ts";

const host = (address: string, pfs: Host["pfs"]): Host => ({
  ...{ address, port: 22, user: "root", privateKeyFile: "/nowhere", hostKey: "ssh-ed25519 AAAA", generation: "" },
  ...{ pfs, domainType: "kvm" },
});

/** Two servers with these ports. */
export const serversWith = (pfs: Host["pfs"]): Inventory => ({
  fidelity: "emulated",
  hosts: { sender: host("192.0.2.1", pfs), responder: host("192.0.2.2", pfs) },
});

/** What a stack of this configuration draws; what is not given has its default. */
export function drawnStackOf(own: Partial<Config>, inventory: Inventory | null, stack = "test"): DrawnTestbed {
  const { hosts: _hosts, ...config } = configSchema.parse({ mainDriver: "virtio-bridge", ...own });
  return testbedOfStack(stack, config, inventory);
}
