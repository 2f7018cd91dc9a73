import { readFile } from "node:fs/promises";
import { Client, type ConnectConfig } from "ssh2";
import { LabError, messageOf } from "../errors.ts";
import { type Conversation, converseOver } from "./conversation.ts";
import { type ExecOptions, type ExecResult, execOver } from "./exec.ts";
import { scriptName } from "./framing.ts";
import { hostKeyProblem, parseHostKey } from "./host-key.ts";
import { endpointWords, type SshEndpoint, type SshTarget } from "./target.ts";

/** One ssh connection to a server; commands may run on it side by side. */
export interface SshConnection {
  /** Starts a script to speak with. Scripts run under /bin/sh, whatever the login shell is (framing.ts). */
  converse(command: string): Promise<Conversation>;
  /** Runs a script; resolves whatever its exit status is. */
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
  /** Runs a script and gives its stdout. @throws LabError with its stderr when the exit status is not 0. */
  run(command: string, options?: ExecOptions): Promise<string>;
  /** The connection itself, for what is neither of these. */
  readonly client: Client;
  close(): void;
}

/** Agents to ask instead of those that the target names, as paths of sockets. */
export interface Agents {
  agent: string;
  jumpAgent: string;
}

interface Dial {
  /** How messages call the server. */
  where: string;
  endpoint: SshEndpoint;
  agent: string | undefined;
  timeoutMs: number;
  keepalive: boolean;
}

/** What is wrong where there is neither a key file nor an agent, and what to do. */
export const noKey =
  "no privateKeyFile is given, and there is no ssh agent (SSH_AUTH_SOCK is not set): give a key file, or start an agent and ssh-add the key";

/** How we prove who we are: with a key from a file, or one that an agent has. */
async function credentialsFor({ where, endpoint, agent }: Dial): Promise<Pick<ConnectConfig, "privateKey" | "agent">> {
  const { privateKeyFile } = endpoint;
  if (agent !== undefined) return { agent };
  if (privateKeyFile !== undefined) {
    const privateKey = await readFile(privateKeyFile).catch((error) => {
      throw new LabError(`${where}: privateKeyFile ${privateKeyFile} cannot be read: ${messageOf(error)}`);
    });
    return { privateKey };
  }
  const socket = process.env.SSH_AUTH_SOCK;
  if (socket) return { agent: socket };
  throw new LabError(`${where}: ${noKey}`);
}

const credentialName = ({ endpoint: { privateKeyFile }, agent }: Dial) =>
  agent !== undefined || privateKeyFile === undefined ? "any key of the ssh agent" : `the key ${privateKeyFile}`;

async function configOf(dial: Dial): Promise<{ config: ConnectConfig; wasRefused: () => boolean }> {
  const { address, port, user, hostKey } = dial.endpoint;
  const pinned = parseHostKey(hostKey);
  if (!pinned) throw new LabError(`${dial.where}: hostKey: ${hostKeyProblem(hostKey)}`);
  let refused = false;
  const config: ConnectConfig = {
    host: address,
    port,
    username: user,
    ...(await credentialsFor(dial)),
    readyTimeout: dial.timeoutMs,
    keepaliveInterval: dial.keepalive ? 10_000 : 0,
    keepaliveCountMax: 3,
    algorithms: { serverHostKey: pinned.algorithms },
    hostVerifier: (key: Buffer) => {
      refused = !key.equals(pinned.blob);
      return !refused;
    },
  };
  return { config, wasRefused: () => refused };
}

/** Connects over `sock`, or over TCP without one. */
async function openClient(dial: Dial, sock?: ConnectConfig["sock"]): Promise<Client> {
  const { where, endpoint } = dial;
  const { config, wasRefused } = await configOf(dial);
  const client = new Client();
  let agentFailure = "";
  client.on("error", () => {}); // a connection that fails says so more than once; the first time is told below
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error & { level?: string }) => {
      // Without its agent a client goes on to the next way to prove itself.
      if (error.level === "agent") {
        agentFailure = ` (the agent: ${error.message})`;
        return;
      }
      client.end();
      const why =
        wasRefused() || /no matching host key/i.test(error.message)
          ? `the server does not show the host key of the configuration (${endpoint.hostKey}): refused. If the server was reinstalled, put its new key there (ssh-keyscan, compared on the server's console)`
          : /authentication/i.test(error.message)
            ? `the server does not accept ${credentialName(dial)} for ${endpoint.user}: ${error.message}${agentFailure}`
            : `no connection: ${error.message}. Is the server up, and is this its address?`;
      reject(new LabError(`${where}: ${why}`));
    };
    client.once("ready", resolve);
    client.on("error", fail);
    client.once("close", () => fail(new Error("the server closed the connection")));
    try {
      client.connect({ ...config, ...(sock && { sock }) });
    } catch (error) {
      reject(new LabError(`${where}: ${credentialName(dial)} cannot be used: ${messageOf(error)}`));
      return;
    }
    // A short question would else wait 40 ms for the answer to the one before (Nagle's algorithm, delayed acknowledgement).
    client.setNoDelay(true);
  });
  return client;
}

/** A connection through the server on the way, which is closed with it. */
async function openThroughJump(dial: Dial, jump: Dial): Promise<Client> {
  const { address, port } = dial.endpoint;
  const first = await openClient(jump);
  try {
    const sock = await new Promise<ConnectConfig["sock"]>((resolve, reject) => {
      first.forwardOut("127.0.0.1", 0, address, port, (error, channel) => {
        if (!error) resolve(channel);
        else
          reject(
            new LabError(
              `${dial.where}: ${jump.where} does not forward to it: ${error.message}. Does its sshd allow it (AllowTcpForwarding, PermitOpen), and does it reach the server?`,
            ),
          );
      });
    });
    const client = await openClient(dial, sock);
    client.once("close", () => first.end());
    return client;
  } catch (error) {
    first.end();
    throw error;
  }
}

/** How long a server may take to shake hands, as a busy one does; a preview that meets a dead one ends within half a minute. */
export const handshakeMs = 25_000;

/**
 * Opens a connection; the server must show exactly the host key that the target names, and so must the one on the way.
 * @param name how messages call the server, e.g. "sender"
 * @param agents where keys are asked for instead of where the target says
 * @param keepalive whether to ask the server now and then whether it is still there; one that does not answer is given up
 * @throws LabError within `timeoutMs` a server: unreachable, wrong host key, or key not accepted.
 */
export async function connectSsh(
  name: string,
  target: SshTarget,
  timeoutMs = handshakeMs,
  agents?: Agents,
  keepalive = true,
): Promise<SshConnection> {
  const where = `${name} (ssh ${endpointWords(target)})`;
  const { jump } = target;
  const dial: Dial = { where, endpoint: target, agent: agents?.agent, timeoutMs, keepalive };
  const client = await (jump === undefined
    ? openClient(dial)
    : openThroughJump(dial, {
        where: `${name}'s jump host (ssh ${endpointWords(jump)})`,
        endpoint: jump,
        agent: agents?.jumpAgent,
        timeoutMs,
        keepalive,
      }));
  const exec = (command: string, options: ExecOptions = {}) => execOver(client, where, command, options);
  return {
    client,
    exec,
    converse: (command) => converseOver(client, where, command),
    async run(command, options) {
      const result = await exec(command, options);
      if (result.code !== 0)
        throw new LabError(
          `${where}: exit status ${result.code}: ${options?.name ?? scriptName(command)}\n${result.stderr.trim()}`,
        );
      return result.stdout.toString();
    },
    close: () => client.end(),
  };
}
