import { allEnded } from "../../lib/concurrent.ts";
import { messageOf } from "../../lib/errors.ts";
import { roles } from "../../lib/roles.ts";
import { forgetLoadOf } from "../../lib/tenant.ts";
import { connectEnd } from "./server-session.ts";
import type { RunSpec } from "./spec.ts";

/**
 * Takes the servers' memory of their load away, so that the next deployment starts it again: it has died.
 * @returns what is to be done now
 */
export async function forgetLoad({ ends, owner }: Pick<RunSpec, "ends" | "owner">): Promise<string> {
  try {
    await allEnded(
      roles.map(async (role) => {
        const ssh = await connectEnd(role, ends[role]);
        await forgetLoadOf(ssh, owner).finally(() => ssh.close());
      }),
    );
    return "the next up starts the load again";
  } catch (error) {
    return `the load has to be started again, and the servers could not be told: ${messageOf(error)}`;
  }
}
