import { leaseOwner, loadMark } from "./server-paths.ts";
import type { SshConnection } from "./ssh/connect.ts";
import { shellVariables } from "./ssh/quote.ts";

const nobody = "nobody";

/** Prints which stack has the server. */
const holderScript = `cat ${leaseOwner} 2> /dev/null || echo ${nobody}`;

/** Which stack has a server, or "nobody"; a lease without an owner is nobody's (infra/scripts/lease.sh). */
export const holderOf = async (ssh: Pick<SshConnection, "run">): Promise<string> =>
  (await ssh.run(holderScript)).trim() || nobody;

/** Takes the mark of a running load away, or prints who has the server: the load is his then. */
const forgetLoadScript = (owner: string) => `${shellVariables({ OWNER: owner })}
holder=$(${holderScript})
case $holder in
'' | ${nobody} | "$OWNER") rm -f ${loadMark} ;;
*) printf '%s\\n' "$holder" ;;
esac`;

/**
 * Takes a server's memory of its load away, so that the next deployment starts it again.
 * @returns the stack that has the server by now, when it is another than `owner`: nothing was changed then
 */
export async function forgetLoadOf(ssh: Pick<SshConnection, "run">, owner: string): Promise<string | undefined> {
  const tenant = (await ssh.run(forgetLoadScript(owner))).trim();
  return tenant === "" ? undefined : tenant;
}
