import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bridgedFramesFunctions } from "../../lib/bridged-frames.ts";
import { LabError } from "../../lib/errors.ts";
import { blocksOf } from "../../lib/facts.ts";
import { connectSsh, type SshConnection } from "../../lib/ssh/connect.ts";
import type { Conversation } from "../../lib/ssh/conversation.ts";
import { shellQuote } from "../../lib/ssh/quote.ts";
import type { CaptureRecord } from "../results/manifest.ts";
import type { End } from "./spec.ts";

/** A place on a server where packets are captured. */
export interface CapturePoint {
  hop: "nic" | "virt";
  interface: string;
}

const script = (file: string) => readFileSync(join(import.meta.dirname, "scripts", file), "utf8");

const withVariables = (variables: Record<string, string>, file: string) =>
  `${Object.entries(variables)
    .map(([name, value]) => `${name}=${shellQuote(value)}`)
    .join("\n")}\n${script(file)}`;

/**
 * The interfaces at which an end's packets can be captured: the VM's own one from libvirt, and the PF or the VF below it.
 * @returns none where the host sees no packet
 */
export async function capturePoints(ssh: SshConnection, end: End): Promise<CapturePoint[]> {
  if (end.capture === null) return [];
  const list = await ssh.run(`virsh -q domiflist ${shellQuote(end.vm.domain)}`);
  const row = list
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .find((columns) => columns[4]?.toLowerCase() === end.vm.mac);
  const [virt, , source] = row ?? [];
  if (!virt || virt === "-" || !source)
    throw new LabError(`${end.vm.domain} has no interface with the address ${end.vm.mac} on the host: ${list.trim()}`);
  return [
    { hop: "nic", interface: end.capture.nic === "vf" ? source : end.pf },
    { hop: "virt", interface: virt },
  ];
}

/** Facts of a server by name; `before` tells versions too. */
export async function collectFacts(
  ssh: SshConnection,
  end: End,
  points: CapturePoint[],
  when: "before" | "after",
): Promise<Record<string, string>> {
  const interfaces = [...new Set([end.pf, ...points.map((point) => point.interface)])].join(" ");
  const asked = withVariables(
    {
      ...{ WHEN: when, PF: end.pf, DOMAIN: end.vm.domain, INTERFACES: interfaces },
      BACKGROUND: end.background ? "yes" : "",
    },
    "facts.sh",
  );
  const text = await ssh.run(`${bridgedFramesFunctions}\n${asked}`);
  return Object.fromEntries(blocksOf(text));
}

/** The part of a run on one server: captures that listen, CPU sampling, and their files. */
export class ServerSession {
  readonly points: CapturePoint[];
  readonly ssh: SshConnection;
  readonly #talk: Conversation;
  readonly #folder: string;

  private constructor(ssh: SshConnection, points: CapturePoint[], talk: Conversation, folder: string) {
    this.ssh = ssh;
    this.points = points;
    this.#talk = talk;
    this.#folder = folder;
  }

  /** Starts the captures and resolves when all of them listen. */
  static async open(ssh: SshConnection, points: CapturePoint[]): Promise<ServerSession> {
    const captures = points.map((point) => `${point.hop} ${point.interface}`).join("\n");
    const talk = await ssh.converse(withVariables({ CAPTURES: captures }, "session.sh"));
    const [, folder] = (await talk.hear(40_000)).split(" ");
    return new ServerSession(ssh, points, talk, folder ?? "");
  }

  /** Starts mpstat with a sample a second. @returns the server's clock at its start, in seconds since the epoch */
  async startSampling(): Promise<number> {
    this.#talk.say("mpstat");
    const [, seconds] = (await this.#talk.hear(20_000)).split(" ");
    return Number(seconds);
  }

  /** Ends captures and sampling. @returns what tcpdump counted, a record a capture point, files as `name` says */
  async stop(name: (hop: string) => string): Promise<CaptureRecord[]> {
    this.#talk.say("stop");
    const records: CaptureRecord[] = [];
    for (;;) {
      const [word, hop, captured, received, dropped] = (await this.#talk.hear(30_000)).split(" ");
      if (word === "STOPPED") return records;
      const point = this.points.find((candidate) => candidate.hop === hop);
      if (!point || !captured || !received || !dropped)
        throw new LabError(`tcpdump on ${point?.interface ?? hop} did not say what it counted`);
      records.push({
        ...point,
        file: name(point.hop),
        captured: Number(captured),
        receivedByFilter: Number(received),
        droppedByKernel: Number(dropped),
      });
    }
  }

  /** A file of the session, checked on its way. */
  async fetch(file: string): Promise<Buffer> {
    const { stdout, code } = await this.ssh.exec(`cat ${this.#folder}/${file}`);
    const size = Number(await this.ssh.run(`stat -c %s ${this.#folder}/${file}`));
    if (code !== 0 || stdout.length !== size)
      throw new LabError(`${file}: ${stdout.length} of ${size} bytes arrived from the server`);
    return stdout;
  }

  /** Removes what is left on the server and closes the connection. */
  async close(): Promise<void> {
    await this.#talk.end();
    this.ssh.close();
  }
}

/** Connects to an end's server. */
export const connectEnd = (role: string, end: End) => connectSsh(role, end.ssh);
