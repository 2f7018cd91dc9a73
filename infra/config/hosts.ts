import { z } from "zod";
import { targetSchema } from "../../lib/ssh/target.ts";
import { fidelities, sharedClockSchema } from "../../measure/results/fidelity.ts";

/** Virtual functions that a NIC can have at most here: each has an address of its own that ends in its number (vfMacOf). */
export const mostVfs = 256;

const interfaceName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,15}$/, "a network interface name: 1 to 15 letters, digits, '_', '.' or '-'");

/** A physical function and how many virtual functions the testbed makes on it. */
const pf = z.strictObject({
  name: interfaceName.describe("network interface of the physical function"),
  vfs: z.int().min(0).max(mostVfs).describe("virtual functions to make on it"),
  totalVfs: z
    .int()
    .min(0)
    .max(mostVfs)
    .optional()
    .describe("virtual functions that it can have (sriov_totalvfs); what a stack asks for is checked against it"),
  addressFilters: z
    .int()
    .min(1)
    .optional()
    .describe(
      "unicast addresses that its filter holds, those of its VFs included; what VMs need is checked against it",
    ),
  returnsOwnFrames: z
    .boolean()
    .optional()
    .describe(
      "true for a NIC that hands frames of its PF and its VFs back to them unless its filter has their destination, as the emulated one does; drivers of its VFs then hold back no interrupts",
    ),
});
export type Pf = z.infer<typeof pf>;

/** A KVM server, reached over ssh. */
export const hostSchema = z.strictObject({
  ...targetSchema.shape,
  user: targetSchema.shape.user.describe("ssh user; it must be root there, under whatever name"),
  pfs: z
    .array(pf)
    .min(1, "at least one physical function")
    .max(8, "at most 8 physical functions")
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "physical functions of different names")
    .describe(
      "the NIC ports that are connected to the other server, each to the one at the same place there; bridge and Main VMs use the first",
    ),
  cpus: z.int().min(1).optional().describe("CPUs of the server; what a stack asks for is checked against it"),
  memoryMiB: z
    .int()
    .min(1)
    .optional()
    .describe("memory of the server (MemTotal); what a stack asks for is checked against it"),
  domainType: z
    .enum(["kvm", "qemu"])
    .default("kvm")
    .describe("kvm, or qemu on a server without hardware virtualisation, where guests are emulated"),
  generation: z.string().default("").describe("any text; a new one says that the server was installed anew"),
  pinnedCore: z.int().min(0).nullish().describe("emulated server: the core its emulator is pinned to"),
});
export type Host = z.infer<typeof hostSchema>;

/** Equal for two descriptions of one server. */
export const wayTo = ({ address, port, jump }: Host) => JSON.stringify([address, port, jump?.address, jump?.port]);

/** The pair of servers and what kind of servers they are; results of different fidelity are never mixed. */
export const inventorySchema = z
  .strictObject({
    fidelity: z
      .enum(fidelities)
      .describe(
        "hardware; emulated servers, whose RTTs compare only with each other; emulated-virtual, whose RTTs count instructions; or emulated-kvm, whose network cards alone are emulated",
      ),
    clock: sharedClockSchema
      .optional()
      .describe(
        "a clock that both servers can be put on together during a run; left out for servers of their own clocks",
      ),
    hosts: z
      .strictObject({ sender: hostSchema, responder: hostSchema })
      .refine(({ sender, responder }) => wayTo(sender) !== wayTo(responder), {
        path: ["responder", "address"],
        error: "another server than the sender, which has this address and port",
      }),
  })
  .refine(({ fidelity, clock }) => (fidelity === "emulated-virtual") === (clock !== undefined), {
    path: ["clock"],
    error: "a clock where fidelity is emulated-virtual, and none where it is not",
  });
export type Inventory = z.infer<typeof inventorySchema>;
