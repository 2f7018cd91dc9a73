import { connect, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { sha256 } from "./canonical.ts";
import { LabError } from "./errors.ts";

/** Who holds a lock, as told to those who wait. */
export interface Holder {
  pid: number;
  command: string;
  since: string;
}

export interface LockOptions {
  /** What the lock is about, for messages: "the emulated servers". */
  what: string;
  /** Called once when somebody else holds the lock and this call starts to wait. */
  onWait?: (holder: Holder | undefined) => void;
  /** How long to wait before giving up, in milliseconds; without it, until the lock is free. 0 refuses at once. */
  waitMs?: number;
}

/** That somebody else holds a lock, and was not waited for any longer. */
export class LockedError extends LabError {}

const addressOf = (name: string) => `\0sriov-rtt-testbed-${sha256(name).slice(0, 32)}`;

function tryListen(address: string): Promise<Server | undefined> {
  const holder: Holder = {
    pid: process.pid,
    command: process.argv.slice(2).join(" "),
    since: new Date().toISOString(),
  };
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.end(JSON.stringify(holder));
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen(address, () => {
      server.unref();
      resolve(server);
    });
  });
}

function askHolder(address: string): Promise<Holder | undefined> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(address);
    socket.setTimeout(1000, () => socket.destroy());
    socket.on("data", (data) => {
      text += data.toString();
    });
    socket.on("error", () => resolve(undefined));
    socket.on("close", () => {
      try {
        resolve(JSON.parse(text) as Holder);
      } catch {
        resolve(undefined);
      }
    });
  });
}

const describe = (holder: Holder | undefined) =>
  holder ? `process ${holder.pid} (lab ${holder.command}) since ${holder.since}` : "another process";

/**
 * Runs `body` while this process alone on the machine holds the lock `name`. The lock is a listening socket in the
 * abstract namespace (unix(7)): the kernel gives it back when its holder dies, however it dies, so there is no stale
 * lock to clean up, and a waiter can ask the holder who it is.
 * @throws LockedError when `waitMs` ran out; it names the holder.
 */
export async function withLock<T>(name: string, options: LockOptions, body: () => Promise<T>): Promise<T> {
  const address = addressOf(name);
  const deadline = options.waitMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + options.waitMs;
  let server = await tryListen(address);
  for (let told = false; !server; server = await tryListen(address)) {
    const holder = await askHolder(address);
    if (Date.now() >= deadline)
      throw new LockedError(`${options.what}: in use by ${describe(holder)}; wait until it has ended, or end it`);
    if (!told) options.onWait?.(holder);
    told = true;
    await sleep(500);
  }
  try {
    return await body();
  } finally {
    server.close();
  }
}

/** "waiting for …" as one line, for `onWait`. */
export const waitingFor = (what: string, holder: Holder | undefined) =>
  `waiting for ${what}: in use by ${describe(holder)}`;
