import { z } from "zod";
import { sha256Schema } from "./sha256-schema.ts";

const file = z.object({ file: z.string(), sha256: sha256Schema });

/** The file in a guest image's folder that says what a guest boots, and what is in it. */
export const guestManifestName = "manifest.json";

/** What stands in it: whoever builds a guest image writes this, and a deployment reads it. */
export const guestManifestSchema = z.object({
  schemaVersion: z.literal(1),
  /** Over the hashes of all three files: what a server keeps them under. */
  sha256: sha256Schema,
  kernel: file.extend({ release: z.string() }),
  /** For Main VMs: as little as possible, because its size is boot time. */
  initrd: file,
  /** For background VMs: all of `initrd`, and stress-ng and iperf. */
  loadInitrd: file,
});
export type GuestManifest = z.infer<typeof guestManifestSchema>;
