import { z } from "zod";
import { childProgram } from "../../lib/child-program.ts";
import { countedIds } from "../../lib/endpoints/kinds.ts";
import { cpuRate } from "../../study/loads/load-kind.ts";
import { guestRateShapeOf, type LoadKinds, loadKinds, loadPlanSchemaOf } from "../../study/loads/loads.ts";
import { hostSchema } from "../config/hosts.ts";

const vm = z.object({ name: z.string(), vcpus: z.int(), peerIp: z.string(), token: z.string() });

/** What one server's background VMs are to do. */
const serverLoadOf = (kinds: LoadKinds) =>
  z.object({
    vms: z.array(vm),
    load: loadPlanSchemaOf(kinds),
    /** Whether the servers share a clock during a run: states of earlier versions do not say. */
    sharesClock: z.boolean().default(false),
    /** What kind of endpoint they are; states of earlier versions do not say. */
    endpoint: z.enum(countedIds).default("vm"),
    /** The least that each VM must be seen to do, by rate; states of earlier versions, which only ends load, have none. */
    least: z.record(z.string(), z.number()).default({}),
    /** Written on the server once the load runs. */
    token: z.string(),
    /** The stack that the server was taken for; states of earlier versions have none. */
    owner: z.string().default(""),
  });
export type ServerLoad = z.infer<ReturnType<typeof serverLoadOf>>;

/** The servers that have background VMs. */
export const loadRequestSchemaOf = (kinds: LoadKinds) => {
  const server = serverLoadOf(kinds).extend({ host: hostSchema });
  return z.object({ sender: server.optional(), responder: server.optional() });
};
export type LoadRequest = z.infer<ReturnType<typeof loadRequestSchemaOf>>;
export type LoadedServer = NonNullable<LoadRequest["sender"]>;

/** What was seen of a VM's load: CPU in per cent of one CPU, rates of what the guest counts. */
const seenLoadSchema = z.object({
  vm: z.string(),
  [cpuRate]: z.number().optional(),
  ...guestRateShapeOf(z.number().optional(), loadKinds),
});
export type SeenLoad = z.infer<typeof seenLoadSchema>;

const seen = z.array(seenLoadSchema).optional();
/** What was seen, by server; nothing when it was ended. */
const seenByServer = z.object({ sender: seen, responder: seen }).optional();

/** infra/load/apply.ts: starts the load, or ends it. */
export const loadProgram = childProgram("LAB_LOAD", loadRequestSchemaOf(loadKinds), seenByServer);
