import type { Client } from "ssh2";
import { canonicalJson } from "../../../lib/canonical.ts";
import { type Connection, dial, Ended, NoChannel } from "./connection.ts";
import type { Log } from "./output.ts";

/** sshd's default MaxSessions is 10. */
const sessionsPerConnection = 8;
const idleMs = 5_000;

/** A connection and the number of commands on it. */
interface Line {
  client: Promise<Client>;
  sessions: number;
  /** How many commands it takes. */
  room: number;
  /** Lends it no more. */
  drop(): void;
  idle?: NodeJS.Timeout;
  /** Set once it is open. */
  opened?: Client;
}

const lines = new Map<string, Line[]>();

function openLine(key: string, target: Connection, log: Log, aborted: AbortSignal): Line {
  const others = () => (lines.get(key) ?? []).filter((other) => other !== line);
  const line: Line = {
    client: dial(target, log, aborted),
    sessions: 0,
    room: sessionsPerConnection,
    drop: () => lines.set(key, others()),
  };
  lines.set(key, [...others(), line]);
  line.client.then((client) => {
    line.opened = client;
    client.on("close", line.drop);
    client.on("error", line.drop);
  }, line.drop);
  return line;
}

/** What ends a connection takes a while, in which nobody must get it. */
function close(line: Line): void {
  line.drop();
  line.opened?.end();
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
  for (;;) {
    const open = lines.get(key)?.find(({ sessions, room }) => sessions < room);
    const line = open ?? openLine(key, target, log, aborted);
    clearTimeout(line.idle);
    line.sessions++;
    try {
      return await body(await line.client);
    } catch (error) {
      // It had been idle, and its server has ended it.
      if (open !== undefined && error instanceof Ended) {
        line.drop();
        continue;
      }
      // A server that allows fewer sessions than usual: it has as many as there are, and the next connection is ours.
      if (!(error instanceof NoChannel) || line.sessions === 1) throw error;
      line.room = line.sessions - 1;
    } finally {
      line.sessions--;
      if (line.sessions === 0) line.idle = setTimeout(() => close(line), idleMs);
    }
  }
}

/** Closes all connections; those that are being opened end with what aborts them. */
export function closeConnections(): void {
  for (const line of [...lines.values()].flat()) line.opened?.destroy();
}
