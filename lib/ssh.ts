import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Client, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import { LabError, messageOf } from "./errors.ts";

/** Where and how a server is reached. `hostKey` is "TYPE BASE64" as in known_hosts(5); nothing else is accepted. */
export interface SshTarget {
  address: string;
  port: number;
  user: string;
  privateKeyFile: string;
  hostKey: string;
}

export interface ExecResult {
  stdout: Buffer;
  stderr: string;
  /** Exit status, or null when a signal or a lost connection ended the command. */
  code: number | null;
}

export interface ExecOptions {
  stdin?: string | Buffer;
  /** Milliseconds until the command is given up; default 60 000. */
  timeoutMs?: number;
}

/** A command that is spoken with line by line while it runs. The server sees end of file when this side is gone. */
export interface Conversation {
  /** Sends a line. */
  say(line: string): void;
  /** The next line it prints. @throws LabError when none comes within `timeoutMs`, or it has ended (with its stderr). */
  hear(timeoutMs: number): Promise<string>;
  /** Closes its input and waits for its end. */
  end(): Promise<void>;
}

/** One ssh connection to a server; commands may run on it side by side. */
export interface SshConnection {
  /** Starts a command to speak with. */
  converse(command: string): Promise<Conversation>;
  /** Runs a shell command; resolves whatever its exit status is. */
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
  /** Runs a shell command and gives its stdout. @throws LabError with its stderr when the exit status is not 0. */
  run(command: string, options?: ExecOptions): Promise<string>;
  close(): void;
}

const quotable = /^[\w@%+=:,./-]+$/;

/** A word as one argument of a POSIX shell. */
export const shellQuote = (word: string) => (quotable.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** The signature algorithms of a key type: an RSA key signs with SHA-2 (RFC 8332), every other with its own. */
const signaturesOf = (type: string) =>
  (type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type]) as ServerHostKeyAlgorithm[];

/**
 * Opens a connection; the server must show exactly the host key that the target names.
 * @param name how messages call the server, e.g. "sender"
 * @throws LabError within `timeoutMs` (default 10 000): unreachable, wrong host key, or key not accepted.
 */
export async function connectSsh(name: string, target: SshTarget, timeoutMs = 10_000): Promise<SshConnection> {
  const where = `${name} (ssh ${target.user}@${target.address}:${target.port})`;
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
  const exec = (command: string, options: ExecOptions = {}): Promise<ExecResult> =>
    new Promise((resolve, reject) => {
      const timeout = options.timeoutMs ?? 60_000;
      client.exec(command, (error, channel) => {
        if (error) return reject(new LabError(`${where}: ${error.message}: ${command}`));
        const out: Buffer[] = [];
        let stderr = "";
        let code: number | null = null;
        let late = false;
        const timer = setTimeout(() => {
          late = true;
          channel.close();
        }, timeout);
        channel.on("data", (data: Buffer) => out.push(data));
        channel.stderr.on("data", (data: Buffer) => {
          stderr += data.toString();
        });
        channel.on("exit", (status: number | null) => {
          code = status;
        });
        channel.on("close", () => {
          clearTimeout(timer);
          if (late) reject(new LabError(`${where}: gave up after ${timeout / 1000} s: ${command}`));
          else resolve({ stdout: Buffer.concat(out), stderr, code });
        });
        channel.end(options.stdin ?? "");
      });
    });
  const converse = (command: string): Promise<Conversation> =>
    new Promise((resolve, reject) => {
      client.exec(command, (error, channel) => {
        if (error) return reject(new LabError(`${where}: ${error.message}`));
        const heard: string[] = [];
        let wake = () => {};
        let stderr = "";
        let ended = false;
        const closed = new Promise<void>((done) => {
          channel.on("close", () => {
            ended = true;
            wake();
            done();
          });
        });
        channel.stderr.on("data", (data: Buffer) => {
          stderr += data.toString();
        });
        createInterface({ input: channel }).on("line", (line) => {
          heard.push(line);
          wake();
        });
        resolve({
          say: (line) => void channel.write(`${line}\n`),
          async hear(timeoutMs) {
            const deadline = Date.now() + timeoutMs;
            for (;;) {
              const line = heard.shift();
              if (line !== undefined) return line;
              if (ended) throw new LabError(`${where}: ended: ${stderr.trim() || "without a word (connection lost?)"}`);
              if (Date.now() >= deadline)
                throw new LabError(`${where}: nothing heard for ${timeoutMs / 1000} s. ${stderr.trim()}`);
              await new Promise<void>((go) => {
                const timer = setTimeout(go, deadline - Date.now());
                wake = () => {
                  clearTimeout(timer);
                  go();
                };
              });
            }
          },
          async end() {
            channel.end();
            await closed;
          },
        });
      });
    });
  return {
    exec,
    converse,
    async run(command, options) {
      const result = await exec(command, options);
      if (result.code !== 0)
        throw new LabError(
          `${where}: exit status ${result.code ?? "none (connection lost)"}: ${command}\n${result.stderr.trim()}`,
        );
      return result.stdout.toString();
    },
    close: () => client.end(),
  };
}
