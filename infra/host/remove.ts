import { LabError } from "../../lib/errors.ts";
import type { SshConnection } from "../../lib/ssh/connect.ts";
import { shellScript } from "../server-script.ts";

/** A server may first have to end another command of ours. */
const timeoutMs = 660_000;

/**
 * Runs a script of infra/scripts that takes away what a stack had on a server. One that leaves it to another stack, which has the
 * server by now (`leave_to_tenant`), succeeds, prints nothing, and says why; that is told to the user.
 * @param what messages call it, e.g. "sender: the guest image"
 * @returns what it printed
 * @throws LabError with why it could not
 */
export async function removeFromServer(
  ssh: SshConnection,
  what: string,
  script: string,
  variables: Record<string, string>,
): Promise<string> {
  const { code, stdout, stderr } = await ssh.exec(shellScript(script, variables), { timeoutMs });
  const told = stderr.trim();
  if (code !== 0) throw new LabError(`${what} could not be removed: ${told}`);
  if (told !== "") console.error(told);
  return stdout.toString().trim();
}
