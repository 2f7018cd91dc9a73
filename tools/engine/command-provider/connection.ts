import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientChannel, type ConnectConfig } from "ssh2";
import { messageOf } from "../../../lib/errors.ts";
import { parseHostKey } from "../../../lib/ssh/host-key.ts";
import type { Log } from "./output.ts";

/** How a server is reached; the `connection` of a remote.Command, with its defaults. */
export interface Connection {
  host: string;
  port: number;
  user: string;
  password?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  agentSocketPath?: string;
  hostKey?: string;
  /** Failed attempts that are allowed before the last one; -1 for no limit. */
  dialErrorLimit: number;
  /** Seconds for one attempt; 0 for no limit. */
  perDialTimeout: number;
  /** A server on the way. */
  proxy?: Omit<Connection, "proxy">;
}

/** A dead connection is noticed after 2 minutes: longer than any load keeps a server from answering. */
const keepalive = { keepaliveInterval: 15_000, keepaliveCountMax: 8 };
const firstPauseMs = 100;
const longestPauseMs = 5_000;

const where = (target: Connection) => `ssh ${target.user}@${target.host}:${target.port}`;

/** A failure that another attempt cannot mend. */
class Refused extends Error {}

function configOf(target: Connection): ConnectConfig {
  const agent = target.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  const config: ConnectConfig = {
    host: target.host,
    port: target.port,
    username: target.user,
    readyTimeout: target.perDialTimeout * 1000,
    ...keepalive,
    ...(target.privateKey !== undefined && { privateKey: target.privateKey }),
    ...(target.privateKeyPassword !== undefined && { passphrase: target.privateKeyPassword }),
    ...(target.password !== undefined && { password: target.password, tryKeyboard: true }),
    ...(agent && { agent }),
  };
  const hostKey = target.hostKey === undefined ? undefined : parseHostKey(target.hostKey);
  // A server may have keys of several types: it has to show the one that is known.
  if (hostKey) config.algorithms = { serverHostKey: hostKey.algorithms };
  return config;
}

function dialOnce(target: Connection, aborted: AbortSignal, sock?: ConnectConfig["sock"]): Promise<Client> {
  const client = new Client();
  const hostKey = target.hostKey === undefined ? undefined : parseHostKey(target.hostKey);
  let otherKey = false;
  let agentFailure = "";
  const config: ConnectConfig = {
    ...configOf(target),
    ...(sock && { sock }),
    hostVerifier: (shown: Buffer) => {
      otherKey = hostKey !== undefined && !hostKey.blob.equals(shown);
      return !otherKey;
    },
  };
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(new Refused("cancelled"));
      client.destroy();
    };
    if (aborted.aborted) return abort();
    aborted.addEventListener("abort", abort, { once: true });
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, answer) =>
      answer(prompts.map(() => target.password ?? "")),
    );
    client.once("ready", () => resolve(client));
    client.once("close", () => reject(new Error("the server closed the connection")));
    client.on("error", (error: Error & { level?: string }) => {
      // Without its agent a client goes on to the next way to prove itself.
      if (error.level === "agent") {
        agentFailure = ` (agent ${configOf(target).agent}: ${error.message})`;
        return;
      }
      client.end();
      if (otherKey || /no matching host key/i.test(error.message))
        reject(new Refused(`the server does not show the host key "${target.hostKey}": refused`));
      else if (error.level === "client-authentication")
        reject(new Refused(`the server accepts none of the keys or passwords given: ${error.message}${agentFailure}`));
      else reject(error);
    });
    try {
      client.connect(config);
      // A short question would else wait 40 ms for the answer to the one before (Nagle's algorithm, delayed acknowledgement).
      client.setNoDelay(true);
    } catch (error) {
      reject(new Refused(`connection: ${messageOf(error)}`));
    }
  });
}

const forward = (through: Client, target: Connection): Promise<ConnectConfig["sock"]> =>
  new Promise((resolve, reject) => {
    through.forwardOut("127.0.0.1", 0, target.host, target.port, (error, channel) => {
      if (error) reject(new Error(`proxy: ${error.message}`));
      else resolve(channel);
    });
  });

/** Opens a connection through the server on the way, which is left with it. */
async function dialThrough(proxy: Connection, target: Connection, log: Log, aborted: AbortSignal): Promise<Client> {
  const first = await dial(proxy, log, aborted).catch((error) => {
    throw new Refused(`proxy: ${messageOf(error)}`);
  });
  try {
    const client = await dialOnce(target, aborted, await forward(first, target));
    client.once("close", () => first.end());
    return client;
  } catch (error) {
    first.end();
    throw error;
  }
}

/**
 * Opens a connection, with as many attempts as it allows, at growing intervals.
 * @throws when they are used up, at once when the server shows another host key or does not let us in, or on `aborted`
 */
export async function dial(target: Connection, log: Log, aborted: AbortSignal): Promise<Client> {
  for (let failures = 1, pause = firstPauseMs; ; failures++, pause = Math.min(pause * 1.5, longestPauseMs)) {
    try {
      const { proxy } = target;
      return await (proxy ? dialThrough(proxy, target, log, aborted) : dialOnce(target, aborted));
    } catch (error) {
      if (error instanceof Refused) throw new Error(`${where(target)}: ${error.message}`);
      if (target.dialErrorLimit >= 0 && failures > target.dialErrorLimit)
        throw new Error(
          `${where(target)}: after ${failures} failed ${failures === 1 ? "attempt" : "attempts"}: ${messageOf(error)}`,
        );
      const limit = target.dialErrorLimit < 0 ? "inf" : target.dialErrorLimit;
      log(`Dial ${failures}/${limit} failed: retrying`);
    }
    await sleep(pause, undefined, { signal: aborted }).catch(() => {
      throw new Error(`${where(target)}: cancelled`);
    });
  }
}

/** A server that takes no more commands on a connection: another connection may be had. */
export class NoChannel extends Error {}

/** A connection that had ended before anything was asked of it: nothing was started. */
export class Ended extends Error {}

/**
 * Starts a command on a connection.
 * @param use what to do with its channel. Called at once: an exit status that came in the same packet is told only to
 *   those who listen by then.
 * @throws NoChannel when the server refuses to open one, Ended when the connection is no more
 */
export function start<T>(
  client: Client,
  command: string,
  env: Record<string, string>,
  use: (channel: ClientChannel) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const lost = () => reject(new Error("the connection was lost before the command was started"));
    client.once("close", lost);
    try {
      client.exec(command, { env }, (error, channel) => {
        client.off("close", lost);
        if (!error) use(channel).then(resolve, reject);
        else reject("reason" in error ? new NoChannel(`the server refused a session: ${error.message}`) : error);
      });
    } catch (error) {
      client.off("close", lost);
      reject(new Ended(messageOf(error)));
    }
  });
}
