import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, configSchema } from "../../infra/config/schema.ts";
import { checkout } from "../../lib/paths.ts";
import { diffScenarios } from "./changes.ts";
import { partsOf } from "./words.ts";

const base: Config = configSchema.parse({
  ...{ mainDriver: "virtio-bridge", backgroundVms: 8, backgroundDriver: "virtio-bridge" },
  ...{ loadType: "cpu", loadLocation: "sender" },
});

/** One factor changed, and what it is called. */
const changes: readonly { what: string; from?: Partial<Config>; to: Partial<Config> }[] = [
  { what: "ping frequency", to: { pingRatePps: 1_000_000 } },
  { what: "packets in a run, frame size, CPU window", to: { packets: 1000 } },
  { what: "runs: 10 to 20", to: { runs: 20 } },
  { what: "how much load", to: { cpuLoadPercent: 50 } },
  { what: "network load: its direction", from: { loadType: "network" }, to: { loadLocation: "responder" } },
  { what: "load type: CPU to network (which needs both fleets)", to: { loadType: "network" } },
  { what: "load type: network to none", from: { loadType: "network" }, to: { loadType: "none" } },
  { what: "CPU load: its location", to: { loadLocation: "responder" } },
  { what: "background VMs: 8 to 32", to: { backgroundVms: 32 } },
  { what: "background VMs: 8 to 2", to: { backgroundVms: 2 } },
  { what: "background VMs: 8 to none", to: { backgroundVms: 0 } },
  { what: "background VMs: none to 8", from: { backgroundVms: 0 }, to: { backgroundVms: 8 } },
  { what: "background driver", to: { backgroundDriver: "pci-passthrough" } },
  { what: "Main driver", to: { mainDriver: "pci-passthrough" } },
  { what: "Main driver of one end", to: { mainDriver: { sender: "virtio-bridge", responder: "e1000-bridge" } } },
  { what: "neighbours: permanent to dynamic", to: { neighbour: "dynamic" } },
  { what: "memory or CPUs of a Main VM", to: { guestMemoryMiB: 256 } },
  { what: "replicate", to: { replicate: 2 } },
];

/** The text of docs/scenario-changes.md: what a change of each factor touches, as the program itself declares it. */
export async function changesDocument(): Promise<string> {
  const rows: string[] = [];
  for (const { what, from = {}, to } of changes) {
    const start = { ...base, ...from };
    const { made, replaced, removed, updated } = (await diffScenarios(start, { ...start, ...to })).changes;
    // A VM that is updated and not made anew would be one that the factor cannot change without.
    const touched = updated.filter((name) => !/-(slots|ready)$/.test(name));
    if (touched.length > 0) throw new Error(`${what}: updates ${touched.join(", ")}`);
    rows.push(`| ${what} | ${[made, replaced, removed].map((names) => partsOf(names) || "-").join(" | ")} |`);
  }
  return `# What a change of scenario touches

Generated from the program by \`node cli/diff/document.ts\`; do not edit. \`./lab diff STACK_A STACK_B\` says the same of two stacks.

A scenario with 8 background VMs on the bridge and CPU load at the Sender is changed in one factor. What is not named stays as it
is: leases, VFs, bridges and guest images in every row, and all VMs but those named. Numbers in parentheses count resources.

| changed | made | made anew | removed |
|---|---|---|---|
${rows.join("\n")}

A fleet's bookkeeping on its server follows its VMs and is not named. VMs that are wanted no more are off before the next run is
measured. Load is ended before it is started anew, and goes on while Main VMs are changed.
`;
}

if (import.meta.main) writeFileSync(join(checkout, "docs", "scenario-changes.md"), await changesDocument());
