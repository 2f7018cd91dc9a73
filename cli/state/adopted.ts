import { connectionTo } from "../../infra/connection.ts";
import { libvirtUri, socketsOf } from "../../infra/gateway/sockets.ts";
import { canonicalJson } from "../../lib/canonical.ts";
import { type SshTarget, targetOf } from "../../lib/ssh/target.ts";

/*
 * A state tells how its servers are reached, from the machine that has deployed it: sockets there, behind which a gateway with that
 * machine's key listens (infra/gateway), and in what our own programs are told, the name of the key's file. Another machine that is to take
 * down what the state tells of reaches the same servers in its own way.
 */

/** What of a server in a state says which server it is. */
interface ServerInState {
  address: string;
  port: number;
  hostKey: string;
}

export interface Adopted {
  /** The state with the ways of this machine in it. */
  deployment: unknown;
  isChanged: boolean;
  /** Servers in it that were found among those of this machine; "ADDRESS:PORT". */
  known: ReadonlySet<string>;
  /** Servers that were not; with the host key that one of the same address has here, where there is one, and the one in the state. */
  strangers: ReadonlyMap<string, { here: string | undefined; inState: string }>;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** A server as the command provider is told of it, or as our own programs are. */
function serverIn({ host, address = host, port, hostKey }: Record<string, unknown>): ServerInState | undefined {
  return typeof address === "string" && typeof port === "number" && typeof hostKey === "string"
    ? { address, port, hostKey }
    : undefined;
}

/** Changes objects of a JSON value, also in texts that are JSON themselves. @param change undefined: look into it */
function rewritten(value: unknown, change: (value: unknown) => unknown): unknown {
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (Array.isArray(value)) return value.map((each) => rewritten(each, change));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rewritten(each, change)]));
  if (typeof value !== "string" || !/^[{[]/.test(value)) return value;
  let inner: unknown;
  try {
    inner = JSON.parse(value);
  } catch {
    return value; // another text
  }
  const within = rewritten(inner, change);
  return canonicalJson(within) === canonicalJson(inner) ? value : JSON.stringify(within);
}

class Adoption {
  readonly known = new Set<string>();
  readonly strangers = new Map<string, { here: string | undefined; inState: string }>();
  /** Sockets of libvirt in the state, and whose they are. */
  readonly #libvirt = new Map<string, SshTarget>();
  readonly #targets: readonly SshTarget[];
  readonly #agents: ReadonlySet<string>;

  constructor(targets: readonly SshTarget[]) {
    this.#targets = targets;
    this.#agents = new Set(targets.map((target) => socketsOf(target).agent));
  }

  /** The description of a server that this machine has. */
  #find({ address, port, hostKey }: ServerInState): SshTarget | undefined {
    const there = this.#targets.filter((each) => each.address === address && each.port === port);
    const found = there.find((each) => each.hostKey === hostKey);
    const name = `${address}:${port}`;
    if (found !== undefined) this.known.add(name);
    else this.strangers.set(name, { here: there[0]?.hostKey, inState: hostKey });
    return found;
  }

  /** What the providers are told of a server. */
  server = (value: unknown): unknown => {
    const server = isObject(value) ? serverIn(value) : undefined;
    if (!isObject(value) || server === undefined) return undefined;
    const target = this.#find(server);
    if (target === undefined) return value;
    if (!("host" in value)) return this.#isOurs(value) ? value : { ...withoutWay(value), ...targetOf(target) };
    const { agentSocketPath: agent } = value;
    if (typeof agent === "string") {
      if (this.#agents.has(agent)) return value;
      this.#libvirt.set(agent.replace(/\.agent$/, ".libvirt"), target);
    }
    return connectionTo(target);
  };

  /** Whether a description is one of this machine's, of which a server may have several. */
  #isOurs(value: Record<string, unknown>): boolean {
    const way = canonicalJson(targetOf(value as SshTarget));
    return this.#targets.some((target) => canonicalJson(targetOf(target)) === way);
  }

  uri = (value: unknown): unknown => {
    const [, socket = ""] = typeof value === "string" ? (/^qemu\+unix:.*[?&]socket=([^&]+)/.exec(value) ?? []) : [];
    const target = this.#libvirt.get(socket);
    return target && libvirtUri(target);
  };
}

/** A description without what says how its server is reached. */
function withoutWay({ privateKeyFile: _, jump: __, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}

/**
 * Puts this machine's ways to servers in the place of another one's, in a state with its secrets in plain text.
 * @param targets the servers as this machine reaches them; a server is known by address, port and host key
 */
export function adopted(deployment: unknown, targets: readonly SshTarget[]): Adopted {
  const adoption = new Adoption(targets);
  const reached = rewritten(rewritten(deployment, adoption.server), adoption.uri);
  const { known, strangers } = adoption;
  return { deployment: reached, isChanged: canonicalJson(reached) !== canonicalJson(deployment), known, strangers };
}
