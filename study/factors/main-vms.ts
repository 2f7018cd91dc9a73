import { z } from "zod";
import { roles } from "../../lib/roles.ts";
import { driverAt, joinedEnds } from "../competition.ts";
import { mainDrivers } from "../drivers.ts";
import { factor } from "../factor.ts";

/** One driver, or one for each end. */
export const driverOfEnds = <const Name extends string>(names: readonly [Name, ...Name[]]) => {
  const driver = z.enum(names);
  return z.union([driver, z.strictObject({ sender: driver, responder: driver })]);
};
export const vlanSchema = z.int().min(0).max(4094).default(0);

/** MiB that a Main VM takes by itself, which is the least it may have. */
export const leastGuestMiB = 96;

export const mainDriver = factor({
  words: "driver of the Main VMs",
  schema: driverOfEnds(mainDrivers).describe(
    "how the Main VMs are attached to the NIC; one driver, or one for each end; host-vf: no VM, but the server itself on a VF in a network namespace",
  ),
  recorded: z.object({ sender: z.string(), responder: z.string() }),
  path: ["mainDriver"],
  columns: [
    {
      name: "sender_driver",
      type: "VARCHAR",
      what: "how the Sender VM is attached",
      absent: null,
      cell: ({ sender }) => sender,
    },
    {
      name: "responder_driver",
      type: "VARCHAR",
      what: "how the Responder VM is attached",
      absent: null,
      cell: ({ responder }) => responder,
    },
  ],
  role: "treatment",
  remakes: "Main VMs",
  record: (value) => ({ sender: driverAt(value, "sender"), responder: driverAt(value, "responder") }),
  inName: (recorded) => joinedEnds(recorded === undefined ? [] : roles.map((role) => recorded[role])),
  levels: { of: "arm" },
  examples: [
    { to: "pci-passthrough" },
    { what: "driver of one Main VM", to: { sender: "virtio-bridge", responder: "e1000-bridge" } },
  ],
});

export const guestMemoryMiB = factor({
  words: "memory of a Main VM",
  unit: "MiB",
  schema: z.int().min(leastGuestMiB).max(65536).default(128).describe("memory of a Main VM"),
  recorded: z.int(),
  path: ["guest", "memoryMiB"],
  columns: [
    {
      name: "guest_memory_mib",
      type: "INTEGER",
      what: "memory of a Main VM; 0 where it is not known",
      absent: null,
    },
  ],
  role: "fixed",
  remakes: "Main VMs",
  examples: [{ to: 256 }],
});

export const guestCpus = factor({
  words: "virtual CPUs of a Main VM",
  schema: z.int().min(1).max(64).default(1).describe("virtual CPUs of a Main VM"),
  recorded: z.int(),
  path: ["guest", "vcpus"],
  columns: [
    {
      name: "guest_vcpus",
      type: "INTEGER",
      what: "virtual CPUs of a Main VM; 0 where it is not known",
      absent: null,
    },
  ],
  role: "fixed",
  remakes: "Main VMs",
  examples: [{ to: 2 }],
});

export const mainVlan = factor({
  words: "VLAN of the Main VMs' VFs",
  schema: vlanSchema.describe("VLAN that the NIC puts the Main VMs' VFs into; 0: none"),
  recorded: z.int(),
  path: ["vlan", "main"],
  columns: [
    {
      name: "main_vlan",
      type: "INTEGER",
      what: "VLAN that the NIC puts the Main VMs' VFs into; 0: none",
      absent: 0,
    },
  ],
  role: "fixed",
  remakes: "Main VMs",
  examples: [{ what: "VLAN of the Main VMs, on VFs", given: { mainDriver: "macvtap-passthrough" }, to: 7 }],
});
