import { z } from "zod";
import { sha256 } from "../../lib/canonical.ts";
import type { Role } from "../../lib/roles.ts";
import { sha256Schema } from "../../lib/sha256-schema.ts";

/** What tells a server from all others in what is recorded of it: a hash of its host key, as the hosts file has that. */
export const hostKeySha256 = (hostKey: string): string => sha256(hostKey);

/** Both servers by the hashes of their host keys. */
export const serverKeysSchema = z.object({ sender: sha256Schema, responder: sha256Schema });
export type ServerKeys = z.infer<typeof serverKeysSchema>;

/** The same of servers that are described. */
export const serverKeysOf = (hosts: Record<Role, { hostKey: string }>): ServerKeys => ({
  sender: hostKeySha256(hosts.sender.hostKey),
  responder: hostKeySha256(hosts.responder.hostKey),
});

const recordedSchema = z.object({
  sender: z.object({ hostKeySha256: sha256Schema }),
  responder: z.object({ hostKeySha256: sha256Schema }),
});

/** The servers of a run, by the environment that its manifest has; null where that does not say them. */
export function serverKeysIn(environment: Record<string, unknown>): ServerKeys | null {
  const { success, data } = recordedSchema.safeParse(environment);
  return success ? { sender: data.sender.hostKeySha256, responder: data.responder.hostKeySha256 } : null;
}
