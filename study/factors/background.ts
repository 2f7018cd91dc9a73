import { z } from "zod";
import { competes, driverAt, joinedEnds } from "../competition.ts";
import { drivers } from "../drivers.ts";
import { factor } from "../factor.ts";
import { competingServers } from "../loads/loads.ts";
import { driverOfEnds, vlanSchema } from "./main-vms.ts";

/** Most background VMs on a server (3.1.2). */
const mostBackgroundVms = 128;

export const backgroundVms = factor({
  words: "background VMs",
  schema: z
    .int()
    .min(0)
    .max(mostBackgroundVms)
    .default(0)
    .describe("background VMs on each server whose load needs some; 0: nobody competes, and load means nothing"),
  recorded: z.int().min(1),
  path: ["background", "vms"],
  columns: [
    {
      name: "background_vms",
      type: "INTEGER",
      what: "background VMs on each server that has some; 0 without any",
      absent: 0,
    },
  ],
  role: "block",
  remakes: "background VMs",
  means: competes,
  inName: (vms) => `_bg${vms ?? 0}`,
  levels: { of: "profile", key: "backgroundVms" },
  examples: [
    { what: "background VMs: 8 to 32", to: 32 },
    { what: "background VMs: 8 to 2", to: 2 },
    { what: "background VMs: 8 to none", to: 0 },
    { what: "background VMs: none to 8", from: 0, to: 8 },
  ],
});

export const backgroundDriver = factor({
  words: "driver of the background VMs",
  schema: driverOfEnds(drivers)
    .default("virtio-bridge")
    .describe("how the background VMs are attached to the NIC; one driver, or one for each end"),
  // A driver for each end where they differ: "SENDER~RESPONDER".
  recorded: z.string(),
  path: ["background", "driver"],
  columns: [
    {
      name: "background_driver",
      type: "VARCHAR",
      what: "how the background VMs are attached; NULL without any",
      absent: null,
    },
  ],
  role: "block",
  remakes: "background VMs",
  means: competes,
  record: (value, config) => joinedEnds(competingServers(config).map((role) => driverAt(value, role))),
  inName: (driver) => (driver === undefined ? "" : `-${driver}`),
  levels: { of: "arm" },
  examples: [{ to: "pci-passthrough" }],
});

export const backgroundMemoryMiB = factor({
  words: "memory of a background VM",
  unit: "MiB",
  schema: z.int().min(160).max(65536).default(192).describe("memory of a background VM"),
  recorded: z.int().optional(),
  path: ["background", "memoryMiB"],
  columns: [
    {
      name: "background_memory_mib",
      type: "INTEGER",
      what: "memory of a background VM; NULL without any",
      absent: null,
    },
  ],
  role: "fixed",
  remakes: "background VMs",
  means: competes,
  examples: [{ to: 256 }],
});

export const backgroundCpus = factor({
  words: "virtual CPUs of a background VM",
  schema: z.int().min(1).max(64).default(1).describe("virtual CPUs of a background VM"),
  recorded: z.int().optional(),
  path: ["background", "vcpus"],
  columns: [
    {
      name: "background_vcpus",
      type: "INTEGER",
      what: "virtual CPUs of a background VM; NULL without any",
      absent: null,
    },
  ],
  role: "fixed",
  remakes: "background VMs",
  means: competes,
  examples: [{ to: 2 }],
});

export const backgroundVlan = factor({
  words: "VLAN of the background VMs' VFs",
  schema: vlanSchema.describe("VLAN that the NIC puts the background VMs' VFs into; 0: none"),
  recorded: z.int(),
  path: ["vlan", "background"],
  columns: [
    {
      name: "background_vlan",
      type: "INTEGER",
      what: "VLAN that the NIC puts the background VMs' VFs into; 0: none",
      absent: 0,
    },
  ],
  role: "fixed",
  remakes: "background VMs",
  record: (value, config) => (competes(config) ? value : 0),
  examples: [{ what: "VLAN of the background VMs, on VFs", given: { backgroundDriver: "macvtap-passthrough" }, to: 7 }],
});
