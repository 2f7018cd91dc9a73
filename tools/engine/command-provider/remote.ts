import type { Client, ClientChannel } from "ssh2";
import { type Connection, start } from "./connection.ts";
import { whenEnding } from "./ending.ts";
import type { Log, Output } from "./output.ts";
import { closeConnections, withConnection } from "./pool.ts";

/** A command on a server. */
export interface RemoteCommand {
  command: string;
  connection: Connection;
  /** What the user sets; the server has to accept it. */
  environment: Record<string, string>;
  /** What is only offered: earlier output. */
  offered: Record<string, string>;
  stdin: string;
}

const ending = new AbortController();

const acceptHint =
  "The server has to allow it (AcceptEnv in its sshd_config); or write it into the command, as in 'NAME=value command'";

/**
 * The names that the server does not take over. A client is not told (RFC 4254, 6.4: it may ask, ssh2 does not), so a
 * shell there prints what it got.
 */
async function refusedNames(client: Client, environment: Record<string, string>): Promise<string[]> {
  const names = Object.keys(environment);
  if (names.length === 0) return [];
  const probe = `printf '%s\\0' ${names.map((name) => `"$${name}"`).join(" ")}`;
  const chunks: Buffer[] = [];
  await start(client, probe, environment, (channel) => {
    channel.on("data", (data: Buffer) => chunks.push(data));
    channel.stderr.resume();
    channel.end();
    return new Promise((resolve) => channel.once("close", resolve));
  });
  const values = Buffer.concat(chunks).toString("utf8").split("\0");
  return names.filter((name, index) => values[index] !== environment[name]);
}

/**
 * Runs a command on a server to its end.
 * @returns undefined when it succeeded, else how it ended, as "Process exited with status 3"
 */
export async function runRemote(remote: RemoteCommand, output: Output, log: Log): Promise<string | undefined> {
  const body = async (client: Client) => {
    const variables = { ...remote.offered, ...remote.environment };
    const refused = new Set(await refusedNames(client, variables));
    for (const name of Object.keys(remote.environment))
      if (refused.has(name))
        throw new Error(`the server does not accept the environment variable ${name}. ${acceptHint}`);
    for (const name of Object.keys(remote.offered))
      if (refused.has(name))
        log(`Unable to set '${name}'. ${acceptHint}, or set addPreviousOutputInEnv: false`, "warning");
    const env = Object.fromEntries(Object.entries(variables).filter(([name]) => !refused.has(name)));
    return start(client, remote.command, env, (channel) => finish(channel, remote.stdin, output));
  };
  return withConnection(remote.connection, log, ending.signal, body).catch((error) => {
    throw ending.signal.aborted ? new Error("cancelled") : error;
  });
}

function finish(channel: ClientChannel, stdin: string, output: Output): Promise<string | undefined> {
  return new Promise((resolve) => {
    let exited = false;
    let ended: string | undefined = "the connection was lost before the command ended";
    channel.on("data", (data: Buffer) => output.add("stdout", data));
    channel.stderr.on("data", (data: Buffer) => output.add("stderr", data));
    channel.on("exit", (code: number | null, signal?: string) => {
      exited = true;
      if (signal) ended = `Process exited from signal ${signal}`;
      else ended = code === 0 ? undefined : `Process exited with status ${code}`;
    });
    channel.on("error", () => {});
    channel.once("close", () => resolve(ending.signal.aborted && !exited ? "cancelled" : ended));
    channel.end(stdin);
  });
}

/**
 * Closes all connections, and with them the channels of running commands. A server's command that does not mind its
 * channel runs on to its end, as with the official provider: half a change of a network card would be worse.
 */
async function endRemoteCommands(): Promise<void> {
  ending.abort();
  closeConnections();
}

whenEnding(endRemoteCommands);
