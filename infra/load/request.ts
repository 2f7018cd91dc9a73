import { z } from "zod";
import { childProgram } from "../../lib/child-program.ts";
import { hostSchema } from "../config/hosts.ts";

const vm = z.object({ name: z.string(), vcpus: z.int(), peerIp: z.string(), token: z.string() });
const plan = z.discriminatedUnion("type", [
  z.object({ type: z.literal("none") }),
  z.object({ type: z.literal("cpu"), percent: z.int() }),
  z.object({
    type: z.literal("network"),
    sends: z.boolean(),
    receives: z.boolean(),
    mbps: z.number(),
    packetBytes: z.int(),
    burstPackets: z.int(),
  }),
]);
/** What one server's background VMs are to do. */
const serverLoad = z.object({
  vms: z.array(vm),
  load: plan,
  /** What each VM under CPU load must be seen to use, in per cent of one CPU. */
  leastCpuPercent: z.number(),
  /** Written on the server once the load runs. */
  token: z.string(),
  /** The stack that the server was taken for; states of earlier versions have none. */
  owner: z.string().default(""),
});
export type ServerLoad = z.infer<typeof serverLoad>;

const server = serverLoad.extend({ host: hostSchema });
export type LoadedServer = z.infer<typeof server>;
/** The servers that have background VMs. */
const loadRequestSchema = z.object({ sender: server.optional(), responder: server.optional() });
export type LoadRequest = z.infer<typeof loadRequestSchema>;

/** What was seen of a VM's load: CPU in per cent of one CPU, datagrams a second that arrived. */
const seenLoadSchema = z.object({
  vm: z.string(),
  cpuPercent: z.number().optional(),
  receivedPps: z.number().optional(),
});
export type SeenLoad = z.infer<typeof seenLoadSchema>;

const seen = z.array(seenLoadSchema).optional();
/** What was seen, by server; nothing when it was ended. */
const seenByServer = z.object({ sender: seen, responder: seen }).optional();

/** infra/load/apply.ts: starts the load, or ends it. */
export const loadProgram = childProgram("LAB_LOAD", loadRequestSchema, seenByServer);
