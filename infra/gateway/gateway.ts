import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { LabError, messageOf } from "../../lib/errors.ts";
import { labDir } from "../../lib/paths.ts";
import { connectSsh, noKey } from "../../lib/ssh/connect.ts";
import { readPrivateKey, serveKey } from "../../lib/ssh/key-agent.ts";
import { endpointWords, type SshEndpoint, type SshTarget, targetOf, targetSchema } from "../../lib/ssh/target.ts";
import { openLibvirt } from "./libvirt-channel.ts";
import { type Listener, listenAt } from "./listener.ts";
import { rememberedTargets, rememberTarget } from "./remembered.ts";
import { socketFolder, socketsOf } from "./sockets.ts";

/** A server that is slow is not one that cannot be used: providers wait as long as they want. */
const patienceMs = 60_000;

/** Names the socket at which the gateway takes descriptions of servers. */
const gatewayVariable = "LAB_GATEWAY";

const announcedSchema = z.object({ name: z.string(), target: targetSchema });
const requestSchema = z.object({
  servers: z.array(announcedSchema),
  /** Whether the providers' ways to them have just been tried, and lead there. */
  ways: z.enum(["untried", "tried"]),
});
const answerSchema = z.object({ error: z.string().optional(), tried: z.array(z.string()).optional() });

/** A server as it is announced: how messages call it, and how it is reached. */
export type Announced = z.infer<typeof announcedSchema>;

/** An agent for one server: with the key of its file, or the user's own agent where there is none. */
function serveAgent({ privateKeyFile }: SshEndpoint, socket: Socket): void {
  if (privateKeyFile !== undefined) {
    serveKey(socket, privateKeyFile);
    return;
  }
  const agent = process.env.SSH_AUTH_SOCK;
  if (!agent) {
    socket.destroy();
    return;
  }
  const upstream = connect(agent);
  upstream.on("error", () => socket.destroy());
  socket.on("error", () => upstream.destroy());
  socket.pipe(upstream).pipe(socket);
}

/**
 * Joins a provider's connection to libvirt on the server. Why it fails is asked of the server before (ways.ts).
 * @param onFailure is called where it does
 */
async function serveLibvirt({ name, target }: Announced, socket: Socket, onFailure: () => void): Promise<void> {
  try {
    const ssh = await connectSsh(name, target, patienceMs);
    socket.once("close", () => ssh.close());
    if (socket.destroyed) return ssh.close();
    const { stream } = await openLibvirt(ssh, name);
    stream.on("error", () => socket.destroy());
    stream.once("close", () => socket.destroy());
    socket.pipe(stream).pipe(socket);
  } catch {
    onFailure();
    socket.destroy();
  }
}

function refuseUnusableKey(name: string, { privateKeyFile, ...endpoint }: SshEndpoint): void {
  try {
    if (privateKeyFile !== undefined) readPrivateKey(privateKeyFile);
    else if (!process.env.SSH_AUTH_SOCK) throw new LabError(noKey);
  } catch (error) {
    throw new LabError(`${name} (ssh ${endpointWords(endpoint)}): ${messageOf(error)}`);
  }
}

/**
 * This machine's side of the ways to the servers. Pulumi's providers have ssh clients of their own, with options of their
 * own and a taste for ~/.ssh/config; here they find sockets instead, and one description of a server serves all of them:
 * for the command provider an agent that signs with the server's key, so that no key enters a stack's state; for the
 * libvirt provider libvirt itself, over a connection of our own client. The keys stay in this process and end with it.
 */
export class Gateway {
  /** What the processes need that are to find it. */
  readonly env: Record<string, string>;
  readonly #memory: string | undefined;
  readonly #listeners = new Map<string, Promise<Listener>>();
  /** Servers to which the providers' ways led when they were tried since this was opened, by the socket of their libvirt. */
  readonly #tried = new Set<string>();

  private constructor(control: string, memory: string | undefined) {
    this.env = { [gatewayVariable]: control };
    this.#memory = memory;
  }

  /**
   * Opens it, with the servers that were announced before: what a stack's state tells of is to be found there.
   * @param memory the folder where servers are written down that are announced; null to forget them
   */
  static async open(memory: string | null = join(labDir, "servers")): Promise<Gateway> {
    const control = join(socketFolder(), `${process.pid}-${randomBytes(4).toString("hex")}.control`);
    const gateway = new Gateway(control, memory ?? undefined);
    await gateway.#listen(control, (socket) => gateway.#control(socket));
    if (memory !== null) for (const { name, target } of rememberedTargets(memory)) await gateway.#serve(name, target);
    return gateway;
  }

  /**
   * Takes servers on.
   * @throws LabError when a key cannot be used
   */
  async announce(servers: readonly Announced[]): Promise<void> {
    for (const { name, target } of servers) {
      refuseUnusableKey(name, target);
      if (target.jump) refuseUnusableKey(`${name}'s jump host`, target.jump);
      if (this.#memory !== undefined) rememberTarget(this.#memory, { name, target: targetOf(target) });
      await this.#serve(name, targetOf(target));
    }
  }

  /** Closes all sockets and every connection over them. */
  async close(): Promise<void> {
    for (const listener of this.#listeners.values()) (await listener).close();
    this.#listeners.clear();
  }

  async #serve(name: string, target: SshTarget): Promise<void> {
    const { libvirt, agent, jumpAgent } = socketsOf(target);
    const server = { name, target };
    await this.#listen(libvirt, (socket) => void serveLibvirt(server, socket, () => this.#tried.delete(libvirt)));
    await this.#listen(agent, (socket) => serveAgent(target, socket));
    await this.#listen(jumpAgent, (socket) => serveAgent(target.jump ?? target, socket));
  }

  async #listen(path: string, serve: (socket: Socket) => void): Promise<void> {
    const listener = this.#listeners.get(path) ?? listenAt(path, serve);
    this.#listeners.set(path, listener);
    await listener;
  }

  #control(socket: Socket): void {
    createInterface({ input: socket }).once("line", (line) => {
      const done = (answer: z.input<typeof answerSchema>) => socket.end(`${JSON.stringify(answer)}\n`);
      this.#answer(line).then(done, (error) => done({ error: messageOf(error) }));
    });
  }

  async #answer(line: string): Promise<z.input<typeof answerSchema>> {
    const { servers, ways } = requestSchema.parse(JSON.parse(line));
    await this.announce(servers);
    const keyOf = ({ target }: Announced) => socketsOf(targetOf(target)).libvirt;
    if (ways === "tried") for (const server of servers) this.#tried.add(keyOf(server));
    return { tried: servers.filter((server) => this.#tried.has(keyOf(server))).map(({ name }) => name) };
  }
}

/** Runs `body` with a gateway, and closes it. @param body gets the variables that pulumi needs to find it */
export async function withGateway<T>(body: (env: Record<string, string>) => Promise<T>): Promise<T> {
  const gateway = await Gateway.open();
  try {
    return await body(gateway.env);
  } finally {
    await gateway.close();
  }
}

function askGateway(path: string, request: z.input<typeof requestSchema>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = "";
    socket.setTimeout(30_000, () => socket.destroy(new Error("no answer for 30 s")));
    socket.on("data", (data) => {
      text += data.toString();
    });
    socket.once("error", reject);
    socket.once("close", () => {
      try {
        resolve(JSON.parse(text));
      } catch {
        reject(new Error("it ended without an answer"));
      }
    });
    socket.write(`${JSON.stringify(request)}\n`);
  });
}

const withoutGateway =
  'pulumi was not started by ./lab, and its providers reach the servers through it: ./lab up STACK, or eval "$(./lab env)" and then pulumi';

/**
 * Tells the gateway that pulumi was started with which servers there are.
 * @param ways whether the providers' ways to them have just been tried, and lead there
 * @returns the names of those where they did since the gateway was opened: in a campaign, for a deployment before this one
 * @throws LabError when there is none, or a server's key cannot be used
 */
export async function announceServers(
  servers: readonly Announced[],
  ways: "untried" | "tried" = "untried",
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly string[]> {
  const path = env[gatewayVariable];
  if (!path) throw new LabError(withoutGateway);
  const answer = await askGateway(path, { servers: [...servers], ways }).catch((error) => {
    throw new LabError(`${withoutGateway} (${gatewayVariable}=${path}: ${messageOf(error)})`);
  });
  const { error, tried = [] } = answerSchema.parse(answer);
  if (error !== undefined) throw new LabError(error);
  return tried;
}
