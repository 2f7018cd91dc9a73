import type { Client } from "ssh2";
import { canonicalJson } from "../../../lib/canonical.ts";
import { type Connection, dial } from "./connection.ts";
import type { Log } from "./output.ts";

/** sshd's default MaxSessions is 10. */
const sessionsPerConnection = 8;
const idleMs = 5_000;

/** An open connection and the number of commands on it. */
interface Line {
  client: Promise<Client>;
  sessions: number;
  idle?: NodeJS.Timeout;
  lost: boolean;
}

const lines = new Map<string, Line[]>();

function open(key: string, target: Connection, log: Log, aborted: AbortSignal): Line {
  const line: Line = { client: dial(target, log, aborted), sessions: 0, lost: false };
  lines.set(key, [...(lines.get(key) ?? []), line]);
  const drop = () => {
    line.lost = true;
    lines.set(
      key,
      (lines.get(key) ?? []).filter((other) => other !== line),
    );
  };
  line.client.then((client) => {
    client.on("close", drop);
    client.on("error", drop);
  }, drop);
  return line;
}

/**
 * Lends a connection to `body`: one that is open, when there is one with room, else a new one. Commands of one `up`
 * so pay for one handshake and not for one each, which also keeps below sshd's MaxStartups. It is closed when idle.
 */
export async function withConnection<T>(
  target: Connection,
  log: Log,
  aborted: AbortSignal,
  body: (client: Client) => Promise<T>,
): Promise<T> {
  const key = canonicalJson(target);
  const free = lines.get(key)?.find((line) => line.sessions < sessionsPerConnection);
  const line = free ?? open(key, target, log, aborted);
  clearTimeout(line.idle);
  line.sessions++;
  try {
    return await body(await line.client);
  } finally {
    line.sessions--;
    if (line.sessions === 0 && !line.lost)
      line.idle = setTimeout(() => line.client.then((client) => client.end()), idleMs);
  }
}

/** Closes all connections. */
export async function closeConnections(): Promise<void> {
  for (const line of [...lines.values()].flat())
    await line.client.then(
      (client) => client.destroy(),
      () => {},
    );
}
