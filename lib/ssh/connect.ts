import { readFile } from "node:fs/promises";
import { Client, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import { LabError, messageOf } from "../errors.ts";
import { type Conversation, converseOver } from "./conversation.ts";
import { type ExecOptions, type ExecResult, execOver } from "./exec.ts";
import { scriptName } from "./framing.ts";

/** Where and how a server is reached. `hostKey` is "TYPE BASE64" as in known_hosts(5); nothing else is accepted. */
export interface SshTarget {
  address: string;
  port: number;
  user: string;
  privateKeyFile: string;
  hostKey: string;
}

/** One ssh connection to a server; commands may run on it side by side. */
export interface SshConnection {
  /** Starts a script to speak with. Scripts run under /bin/sh, whatever the login shell is (framing.ts). */
  converse(command: string): Promise<Conversation>;
  /** Runs a script; resolves whatever its exit status is. */
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
  /** Runs a script and gives its stdout. @throws LabError with its stderr when the exit status is not 0. */
  run(command: string, options?: ExecOptions): Promise<string>;
  close(): void;
}

/** The signature algorithms of a key type: an RSA key signs with SHA-2 (RFC 8332), every other with its own. */
const signaturesOf = (type: string) =>
  (type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type]) as ServerHostKeyAlgorithm[];

async function openClient(where: string, target: SshTarget, timeoutMs: number): Promise<Client> {
  const [type, blob] = target.hostKey.trim().split(/\s+/);
  const privateKey = await readFile(target.privateKeyFile).catch((error) => {
    throw new LabError(`${where}: privateKeyFile ${target.privateKeyFile} cannot be read: ${messageOf(error)}`);
  });
  const client = new Client();
  let refusedKey = false;
  const config: ConnectConfig = {
    host: target.address,
    port: target.port,
    username: target.user,
    privateKey,
    readyTimeout: timeoutMs,
    keepaliveInterval: 10_000,
    keepaliveCountMax: 3,
    algorithms: { serverHostKey: signaturesOf(type ?? "") },
    hostVerifier: (key: Buffer) => {
      refusedKey = !key.equals(Buffer.from(blob ?? "", "base64"));
      return !refusedKey;
    },
  };
  client.on("error", () => {}); // a connection that fails says so more than once; the first time is told below
  await new Promise<void>((resolve, reject) => {
    client.once("ready", resolve);
    client.once("error", (error) => {
      client.end();
      const why =
        refusedKey || /no matching host key/i.test(error.message)
          ? `the server does not show the host key of the configuration (${target.hostKey}): refused. If the server was reinstalled, put its new key there (ssh-keyscan, compared on the server's console)`
          : /authentication/i.test(error.message)
            ? `the server does not accept the key ${target.privateKeyFile} for ${target.user}: ${error.message}`
            : `no connection: ${error.message}. Is the server up, and is this its address?`;
      reject(new LabError(`${where}: ${why}`));
    });
    client.connect(config);
    // A short question would else wait 40 ms for the answer to the one before (Nagle's algorithm, delayed acknowledgement).
    client.setNoDelay(true);
  });
  return client;
}

/**
 * Opens a connection; the server must show exactly the host key that the target names.
 * @param name how messages call the server, e.g. "sender"
 * @throws LabError within `timeoutMs` (default 10 000): unreachable, wrong host key, or key not accepted.
 */
export async function connectSsh(name: string, target: SshTarget, timeoutMs = 10_000): Promise<SshConnection> {
  const where = `${name} (ssh ${target.user}@${target.address}:${target.port})`;
  const client = await openClient(where, target, timeoutMs);
  const exec = (command: string, options: ExecOptions = {}) => execOver(client, where, command, options);
  return {
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
