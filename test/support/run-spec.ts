import type { SshTarget } from "../../lib/ssh/target.ts";
import type { ServerConditions } from "../../measure/results/conditions.ts";

/** How a made-up server measures. */
export const madeUpConditions: ServerConditions = {
  policy: {
    ...{ cpus: "0-3", governor: "performance", leastKhz: "", mostKhz: "", preference: "", noTurbo: "", boost: "" },
    numaBalancing: "0",
  },
  ports: [{ name: "lo", vfs: 0, carrier: true, speedMbps: 1000, duplex: "full", linkChanges: 2 }],
};

/** A server that nobody asks. */
const nowhere = { address: "192.0.2.1", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA" };

const bypassed = { unseen: "packets bypass the host kernel" };

/** One end of a made-up run: a Main VM with a VF of its own, so without captures. */
export const madeUpEnd = (ssh: Partial<SshTarget> = nowhere) => ({
  ssh,
  pf: "lo",
  domainType: "kvm",
  main: { endpoint: "vm", name: "rtt-main", mac: "52:54:00:9a:01:00", ip: "10.9.1.1", driver: "pci-passthrough" },
  deployed: { ports: [{ name: "lo", vfs: 0 }], layers: ["nic-lo", "vm-rtt-main"], main: "vm-rtt-main" },
  capture: { nic: bypassed, virt: bypassed },
});

/** What a run's program is handed, of a scenario without background VMs. @param own what a test has otherwise */
export const madeUpSpec = (resultsDirectory: string, own: Record<string, unknown> = {}) => ({
  owner: "a stack",
  resultsDirectory,
  scenario: {
    name: "made-up",
    sha256: "0".repeat(64),
    factors: {
      mainDriver: { sender: "pci-passthrough", responder: "pci-passthrough" },
      ...{ background: null, load: null, packets: 100, frameBytes: 64, pingRatePps: 1000, neighbour: "permanent" },
      ...{ cpuWindowSeconds: 1, guest: { memoryMiB: 96, vcpus: 1 } },
    },
  },
  ...{ replicate: 1, run: 1, token: "t", fidelity: "emulated", guestImage: { sha256: "", release: "" } },
  ends: { sender: madeUpEnd(), responder: madeUpEnd() },
  ...own,
});
