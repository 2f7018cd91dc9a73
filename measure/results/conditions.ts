import { z } from "zod";

/** How a server's CPUs are driven; what its kernel does not say is empty. Where CPUs differ, all values, with commas. */
const policySchema = z.object({
  /** Those that are online. */
  cpus: z.string(),
  governor: z.string(),
  leastKhz: z.string(),
  mostKhz: z.string(),
  /** Of the processor between energy and speed. */
  preference: z.string(),
  noTurbo: z.string(),
  boost: z.string(),
  /** Whether the kernel moves memory between nodes by itself: not with 0. */
  numaBalancing: z.string(),
});

/** A port that the testbed has: its VFs and its link. */
const portSchema = z.object({
  name: z.string(),
  vfs: z.int(),
  /** Whether there is a link. */
  carrier: z.boolean(),
  /** Null where the driver does not say, or there is no link. */
  speedMbps: z.int().nullable(),
  duplex: z.string(),
  /** How often the link has come or gone since the interface is there; null where the kernel does not say. */
  linkChanges: z.int().nullable(),
});

/** In which state a server measures. */
export const serverConditionsSchema = z.object({ policy: policySchema, ports: z.array(portSchema) });
export type ServerConditions = z.infer<typeof serverConditionsSchema>;

/** Something on a server that is not as it was deployed. */
export const differenceSchema = z.object({
  server: z.string(),
  /** What it is of: a VM, a VF, a port, a policy. */
  what: z.string(),
  declared: z.string(),
  found: z.string(),
  /** What the user does about it; null where it is of the stack's own VMs and VFs, which another `up` makes anew unasked. */
  mend: z.string().nullable(),
});
export type ServerDifference = z.infer<typeof differenceSchema>;

/** A difference as one line. */
export const differenceText = ({ server, what, declared, found, mend }: ServerDifference): string =>
  `${server}: ${what}: declared ${declared}, found ${found}${mend === null ? "" : `; ${mend}`}`;
