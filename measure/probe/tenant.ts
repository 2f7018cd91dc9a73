import { LabError } from "../../lib/errors.ts";
import { roles } from "../../lib/roles.ts";
import type { SshConnection } from "../../lib/ssh/connect.ts";
import { holderOf } from "../../lib/tenant.ts";
import { onBoth, type PerRole } from "./roles.ts";

/** A server is not, or no longer, the stack's. Its VMs have the names of ours and are somebody else's. */
export class LostServerError extends LabError {}

/**
 * Asks both servers whose they are.
 * @param owner the stack that measures, as its lease names it
 * @throws LostServerError naming each server that another stack has, or nobody
 */
export async function requireTenant(
  owner: string,
  connections: PerRole<Pick<SshConnection, "run">>,
  when: "before" | "after",
): Promise<void> {
  const holders = await onBoth((role) => holderOf(connections[role]));
  const lost = roles.filter((role) => holders[role] !== owner);
  if (lost.length === 0) return;
  const what = when === "before" ? "nothing was measured there" : "what was measured meanwhile is not kept";
  throw new LostServerError(
    `${owner} does not have its servers any more: ${lost.map((role) => `${holders[role]} has the ${role}`).join(", ")}; ${what}; run up again: it takes them, or says who has them`,
  );
}
