import { LabError } from "../lib/errors.ts";
import { connectSsh } from "../lib/ssh.ts";
import { type Inventory, type Role, roles } from "./config/hosts.ts";
import { shellScript } from "./layer.ts";

/** What a server says about itself before anything is declared. */
export interface Observation {
  /** Layer to token, of the layers that are really there. */
  tokens: ReadonlyMap<string, string>;
  /** The stack that holds the server's lease, and since when; undefined when it is free. */
  lease: { owner: string; since: Date } | undefined;
}

/** Reads what infra/scripts/observe.sh prints. @throws LabError with the line that it does not understand */
export function parseObservation(text: string): Observation {
  const tokens = new Map<string, string>();
  let lease: Observation["lease"];
  for (const line of text.split("\n").filter((line) => line !== "")) {
    const [layer, first, ...rest] = line.split(" ");
    if (layer === "owner" && first && rest.length > 0)
      lease = { owner: rest.join(" "), since: new Date(Number(first) * 1000) };
    else if (layer && first) tokens.set(layer, first);
    else throw new LabError(`a server describes itself in a way that is not understood: ${JSON.stringify(line)}`);
  }
  return { tokens, lease };
}

function refuseForeignLease(role: Role, { lease }: Observation, owner: string): void {
  if (lease !== undefined && lease.owner !== owner)
    throw new LabError(
      `${role}: in use by ${lease.owner} since ${lease.since.toISOString()}, and a testbed has one tenant. Destroy that stack first; when it is dead: ./lab hosts release ${role} --force`,
    );
}

/**
 * Asks both servers, side by side, which layers they have; nothing is changed on them. This is where a server that is
 * dead, unreachable or not who it should be is found out, before any resource is touched.
 * @param owner the stack that wants the servers; one that another stack holds is refused
 * @throws LabError within `timeoutMs` and a few seconds: one message for all servers that cannot be used
 */
export async function observe(
  inventory: Inventory,
  owner: string,
  timeoutMs = 10_000,
): Promise<Record<Role, Observation>> {
  const script = shellScript("observe.sh", {});
  const one = async (role: Role): Promise<Observation> => {
    const ssh = await connectSsh(role, inventory.hosts[role], timeoutMs);
    try {
      return parseObservation(await ssh.run(script, { timeoutMs }));
    } finally {
      ssh.close();
    }
  };
  const [sender, responder] = await Promise.allSettled(roles.map(one));
  const failures = [sender, responder].flatMap((result) => (result?.status === "rejected" ? [result.reason] : []));
  if (failures.length > 0 || sender?.status !== "fulfilled" || responder?.status !== "fulfilled") {
    throw new LabError(`The servers cannot be used:\n${failures.map((f) => `  ${f.message}`).join("\n")}`);
  }
  const observed = { sender: sender.value, responder: responder.value };
  for (const role of roles) refuseForeignLease(role, observed[role], owner);
  return observed;
}
