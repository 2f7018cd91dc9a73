import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { pythonWith } from "./python.ts";

/** An S3-compatible store on the loopback device, with one bucket and a user who may do what a policy says. */
export interface S3 {
  /** By which clients find it, and are this user. */
  environment: Record<string, string>;
  /** Is gone for a while, as it is behind a cable that somebody pulls: connections break, and no new ones are taken. */
  away(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/** A port of the loopback that leads to another one, for as long as it is open. */
class Door {
  readonly port: number;
  readonly #to: number;
  readonly #sockets = new Set<Socket>();
  #server = createServer();

  constructor(port: number, to: number) {
    this.port = port;
    this.#to = to;
  }

  async open(): Promise<void> {
    this.#server = createServer((from) => {
      const to = connect(this.#to, "127.0.0.1");
      for (const [socket, other] of [
        [from, to],
        [to, from],
      ] as const) {
        this.#sockets.add(socket);
        socket
          .on("error", () => {})
          .on("close", () => {
            this.#sockets.delete(socket);
            other.destroy();
          });
        socket.pipe(other);
      }
    }).listen(this.port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** What the store's program prints first. */
async function firstLineOf(server: ChildProcess): Promise<string> {
  if (server.stdout === null) throw new Error("the store's program has no output");
  for await (const line of createInterface({ input: server.stdout })) return line;
  throw new Error(`the store ended with ${server.exitCode}`);
}

/** Starts one, which ends with this process. @param policy what its user may do, as JSON */
export async function startS3(bucket: string, policy: string): Promise<S3> {
  const python = await pythonWith("s3", ["moto[s3]==5.2.5", "flask==3.1.3", "flask-cors==6.0.5"]);
  const [port, doorPort] = [await freePort(), await freePort()];
  const server = spawn(python, [join(import.meta.dirname, "s3-server.py"), `${port}`, bucket, policy], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const { id, secret } = JSON.parse(await firstLineOf(server)) as { id: string; secret: string };
  const door = new Door(doorPort, port);
  await door.open();
  return {
    environment: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${doorPort}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: id,
      AWS_SECRET_ACCESS_KEY: secret,
    },
    async away(ms) {
      await door.close();
      await sleep(ms);
      await door.open();
    },
    async stop() {
      await door.close();
      const ended = once(server, "close");
      server.stdin?.end();
      server.kill("SIGTERM");
      await ended;
    },
  };
}
