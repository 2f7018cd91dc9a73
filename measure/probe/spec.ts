import { z } from "zod";
import { countedIds, endpointIds } from "../../lib/endpoints/kinds.ts";
import { targetSchema } from "../../lib/ssh/target.ts";
import { scenarioSchema } from "../../study/scenario.ts";
import { fidelities, sharedClockSchema } from "../results/fidelity.ts";
import { orderSchema } from "../results/order.ts";

/** Why packets cannot be captured at a place. */
const unseenSchema = z.object({ unseen: z.string() });

/** Where a server's packets can be captured: its NIC-side device, and the endpoint's own interface; or why not there. */
const captureSchema = z.object({
  nic: z.union([z.enum(["pf", "vf"]), unseenSchema]),
  virt: z.union([z.enum(["vnet", "macvtap"]), unseenSchema]),
});

/** The background VMs of a server, and what is the least that must be seen of their load during a run. */
const backgroundSchema = z.object({
  endpoint: z.enum(countedIds),
  vms: z.array(z.string()).min(1),
  /** The kind of their load, or "none". */
  load: z.string(),
  /** By rate (study/loads). */
  least: z.record(z.string(), z.number()),
  /** On servers that share a clock: commands, in shell words, that make the load while the servers are in step, and not before. */
  inStep: z.array(z.object({ vm: z.string(), command: z.string() })).optional(),
});
export type BackgroundSpec = z.infer<typeof backgroundSchema>;

/** What was deployed on a server, by which it is known to be as it was deployed (infra/scripts/as-deployed.sh). */
const asDeployedSchema = z.object({
  /** The first is the one that the Main endpoint uses. */
  ports: z.array(z.object({ name: z.string(), vfs: z.int().min(0) })).min(1),
  /** Names of the layers that have a proof, and which of them is the Main endpoint's. */
  layers: z.array(z.string()).min(1),
  main: z.string(),
});
export type AsDeployedSpec = z.infer<typeof asDeployedSchema>;

const endSchema = z.object({
  ssh: targetSchema,
  pf: z.string(),
  pinnedCore: z.int().optional(),
  /** libvirt's type of domains there: kvm, or qemu, whose guests are emulated. */
  domainType: z.string(),
  /** The Main endpoint on this server. */
  main: z.object({
    endpoint: z.enum(endpointIds),
    name: z.string(),
    mac: z.string(),
    ip: z.string(),
    driver: z.string(),
  }),
  deployed: asDeployedSchema,
  capture: captureSchema,
  background: backgroundSchema.optional(),
});
export type End = z.infer<typeof endSchema>;

/** All that a run has to know; what a Pulumi program hands to the runner. */
export const runSpecSchema = z.object({
  /** The stack that has the servers, as their leases say. */
  owner: z.string(),
  resultsDirectory: z.string(),
  scenario: scenarioSchema,
  replicate: z.int().min(1),
  run: z.int().min(1),
  order: orderSchema.optional(),
  /** Of the deployment of this run; a run with the same token is never measured twice. */
  token: z.string(),
  fidelity: z.enum(fidelities),
  /** The clock that the servers share during a run, if they do. */
  clock: sharedClockSchema.optional(),
  guestImage: z.object({ sha256: z.string(), release: z.string() }),
  ends: z.object({ sender: endSchema, responder: endSchema }),
});
export type RunSpec = z.infer<typeof runSpecSchema>;
