import { type ChildProcess, spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import ssh2, { type AuthContext, type Connection, type ServerChannel, type Session } from "ssh2";
import { makeKey } from "../../unit/engine/keys.ts";

const { Server, utils } = ssh2;

/** A server on the loopback device that runs commands with /bin/sh, as sshd does. */
export interface SshServer {
  port: number;
  /** "TYPE BASE64" */
  hostKey: string;
  /** The key that is let in. */
  privateKey: string;
  /** How many connections there have been. */
  connections(): number;
  /** How many commands run. */
  running(): number;
  /** Sets how many commands one connection may run at once. */
  allowSessions(most: number): void;
  /** Cuts all connections without a word. */
  cut(): void;
  close(): void;
}

function admits(context: AuthContext, publicKey: string): boolean {
  if (context.method !== "publickey") return false;
  const key = utils.parseKey(publicKey);
  if (key instanceof Error || !context.key.data.equals(key.getPublicSSH())) return false;
  return !context.signature || !context.blob || key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

/** Runs a command with /bin/sh, which is among `children` while it runs. */
function run(channel: ServerChannel, command: string, env: Record<string, string>, children: Set<ChildProcess>): void {
  const child = spawn("/bin/sh", ["-c", command], { env: { PATH: process.env.PATH, ...env }, detached: true });
  children.add(child);
  channel.pipe(child.stdin);
  child.stdin.on("error", () => {});
  child.stdout.on("data", (data: Buffer) => channel.write(data));
  child.stderr.on("data", (data: Buffer) => channel.stderr.write(data));
  child.once("close", (code, signal) => {
    children.delete(child);
    if (signal) channel.exit(signal.slice(3));
    else channel.exit(code ?? 0);
    channel.close();
  });
  // A real server would leave a command alone that does not use its terminal; here none may outlive its test.
  channel.once("close", () => {
    if (child.pid && children.has(child)) process.kill(-child.pid, "SIGHUP");
  });
}

/**
 * Starts a server.
 * @param acceptEnv names of environment variables that it takes over
 */
export async function startSshServer(acceptEnv: string[] = []): Promise<SshServer> {
  const host = makeKey();
  const user = makeKey();
  const sockets = new Set<Connection>();
  const children = new Set<ChildProcess>();
  let connections = 0;
  let mostSessions = 10;

  function serveSession(session: Session): void {
    const env: Record<string, string> = {};
    session.on("env", (accept, reject, { key, val }) => {
      if (!acceptEnv.includes(key)) return reject?.();
      env[key] = val;
      accept?.();
    });
    session.on("exec", (accept, _reject, { command }) => {
      run(accept(), command, env, children);
    });
  }

  const server = new Server({ hostKeys: [host.private] }, (connection) => {
    connections++;
    sockets.add(connection);
    connection.on("close", () => sockets.delete(connection));
    connection.on("error", () => {});
    connection.on("authentication", (context) => (admits(context, user.public) ? context.accept() : context.reject()));
    let sessions = 0;
    connection.on("session", (accept, reject) => {
      if (sessions >= mostSessions) return reject();
      const session = accept();
      sessions++;
      session.on("close", () => sessions--);
      serveSession(session);
    });
  });
  const cut = () => {
    for (const connection of sockets) connection.end();
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: host.public,
    privateKey: user.private,
    connections: () => connections,
    running: () => children.size,
    allowSessions: (most) => {
      mostSessions = most;
    },
    cut,
    close: () => {
      cut();
      server.close();
    },
  };
}
