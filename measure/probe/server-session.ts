import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { bridgedFramesFunctions } from "../../lib/bridged-frames.ts";
import { countedKinds } from "../../lib/endpoints/kinds.ts";
import { LabError } from "../../lib/errors.ts";
import { blocksOf } from "../../lib/facts.ts";
import { decimalNumber, parseRecords, wholeNumber } from "../../lib/key-value.ts";
import { fetchFromServer } from "../../lib/server-file.ts";
import { volatileFolder } from "../../lib/server-paths.ts";
import { connectSsh, type SshConnection } from "../../lib/ssh/connect.ts";
import type { Conversation } from "../../lib/ssh/conversation.ts";
import { shellVariables } from "../../lib/ssh/quote.ts";
import type { CaptureRequest } from "../probes/probe.ts";
import type { CaptureRecord } from "../results/manifest.ts";
import { mostFileBytes } from "./budget.ts";
import { type Capture, type CapturePoint, capturesAt } from "./capture-points.ts";
import { type ClockReading, parseClockReadings } from "./clock-readings.ts";
import { mainEndpoint } from "./main-endpoint.ts";
import type { End } from "./spec.ts";

const script = (file: string) => readFileSync(join(import.meta.dirname, "scripts", file), "utf8");

const withVariables = (variables: Record<string, string>, file: string) =>
  `${shellVariables(variables)}\n${script(file)}`;

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
      ...{ WHEN: when, RUN: volatileFolder, MAIN: end.deployed.main, PF: end.pf, INTERFACES: interfaces },
      BACKGROUND: end.background ? countedKinds[end.background.endpoint].cpu.command : "",
    },
    "facts.sh",
  );
  const text = await ssh.run([bridgedFramesFunctions, mainEndpoint(ssh, end).facts, asked].join("\n"));
  return Object.fromEntries(blocksOf(text));
}

const heardRecord = z.discriminatedUnion("event", [
  z.strictObject({
    event: z.literal("listening"),
    folder: z.string().regex(new RegExp(`^${volatileFolder}/run\\.\\w+$`)),
  }),
  z.strictObject({ event: z.literal("time"), seconds: decimalNumber }),
  z.strictObject({ event: z.literal("sampling") }),
  z.strictObject({
    event: z.literal("counts"),
    name: z.string(),
    captured: wholeNumber,
    received: wholeNumber,
    dropped: wholeNumber,
  }),
  z.strictObject({ event: z.literal("stopped") }),
]);
type Heard = z.infer<typeof heardRecord>;

/** Milliseconds within which session.sh must answer; it gives up on its captures after 30 s by itself. */
const answerLimitMs = { listening: 60_000, time: 30_000, sampling: 30_000, counts: 60_000 };

/** What a session does for a probe. */
export interface SessionTask {
  /** What is captured; null for nothing. */
  capture: CaptureRequest | null;
  /** How many captures there are at each point. */
  perPoint: number;
  /** Whether mpstat runs. */
  samplesCpu: boolean;
  /** After so long what it has started ends also where the server does not see that this side is gone. */
  limitSeconds: number;
}

/** A capture, and what tcpdump counted. */
export type CountedCapture = Capture & Pick<CaptureRecord, "captured" | "receivedByFilter" | "droppedByKernel">;

/** The part of a run on one server: captures that listen, CPU sampling, and their files. */
export class ServerSession {
  readonly captures: readonly Capture[];
  readonly samplesCpu: boolean;
  readonly ssh: SshConnection;
  readonly #talk: Conversation;
  readonly #where: string;
  #folder = "";

  private constructor(
    ssh: SshConnection,
    where: string,
    { captures, samplesCpu }: Pick<ServerSession, "captures" | "samplesCpu">,
    talk: Conversation,
  ) {
    this.ssh = ssh;
    this.#where = where;
    this.captures = captures;
    this.samplesCpu = samplesCpu;
    this.#talk = talk;
  }

  /**
   * Starts the captures that are asked for, if any, and resolves when all of them listen.
   * @param where how messages call the server
   */
  static async open(
    ssh: SshConnection,
    where: string,
    points: readonly CapturePoint[],
    { capture, perPoint, samplesCpu, limitSeconds }: SessionTask,
  ): Promise<ServerSession> {
    const captures = capture === null ? [] : capturesAt(points, perPoint);
    const capturing = capture && {
      CAPTURES: captures.map(({ name, interface: device }) => `${name} ${device}`).join("\n"),
      FILTER: capture.filter,
      SNAP_BYTES: String(capture.snapBytes),
    };
    const variables = {
      ...capturing,
      ...(!samplesCpu && { CPU_SAMPLING: "none" }),
      SECONDS_LIMIT: String(limitSeconds),
    };
    const talk = await ssh.converse(withVariables(variables, "session.sh"));
    const session = new ServerSession(ssh, where, { captures, samplesCpu }, talk);
    try {
      session.#folder = (await session.#hear("listening", answerLimitMs.listening)).folder;
      return session;
    } catch (error) {
      await session.close().catch(() => {}); // what it said at its beginning tells more
      throw error;
    }
  }

  async #next(limitMs: number): Promise<Heard> {
    const line = await this.#talk.hear(limitMs);
    const [heard] = parseRecords(heardRecord, line, `${this.#where}: session`);
    if (heard === undefined) throw new LabError(`${this.#where}: session: says nothing`);
    return heard;
  }

  async #hear<E extends Heard["event"]>(event: E, limitMs: number): Promise<Extract<Heard, { event: E }>> {
    const heard = await this.#next(limitMs);
    if (heard.event !== event) throw new LabError(`${this.#where}: session: says ${heard.event}, not ${event}`);
    return heard as Extract<Heard, { event: E }>;
  }

  /** Starts mpstat with a sample a second, where it is to run. */
  async startSampling(): Promise<void> {
    this.#talk.say("mpstat");
    await this.#hear("sampling", answerLimitMs.sampling);
  }

  /** The server's clock, in seconds since the epoch. */
  async now(limitMs = answerLimitMs.time): Promise<number> {
    this.#talk.say("now");
    return (await this.#hear("time", limitMs)).seconds;
  }

  /** The server's clock beside its time stamp counter. */
  async readClock(): Promise<ClockReading[]> {
    return parseClockReadings(await this.ssh.run(script("clock-readings.sh")), this.#where);
  }

  /**
   * Starts mpstat with a sample a second, where it is to run.
   * @param slowness how many times longer than a second of this machine's a second of the server's may take
   * @returns the server's clock right before
   */
  async startSamplingAt(slowness: number): Promise<number> {
    // Both are said before an answer is heard, so that nothing lies between them.
    this.#talk.say("now");
    this.#talk.say("mpstat");
    const { seconds } = await this.#hear("time", answerLimitMs.time * slowness);
    await this.#hear("sampling", answerLimitMs.sampling * slowness);
    return seconds;
  }

  /**
   * Waits, without a word in between, for a time of the server's clock, for a word in one of its logs, and for the end of the
   * sample that is taken then.
   * @returns the server's clock then
   */
  async sampledUntil(
    seconds: number,
    { sampling, log, word }: { sampling: number; log: string; word: string },
    limitMs: number,
  ): Promise<number> {
    this.#talk.say(`until ${seconds.toFixed(3)} ${sampling.toFixed(3)} ${log} ${word}`);
    return (await this.#hear("time", limitMs)).seconds;
  }

  /** Ends captures and sampling. @returns each capture with what tcpdump counted */
  async stop(): Promise<CountedCapture[]> {
    this.#talk.say("stop");
    const counted: CountedCapture[] = [];
    for (;;) {
      const heard = await this.#next(answerLimitMs.counts);
      if (heard.event === "stopped") return counted;
      const capture = heard.event === "counts" ? this.captures.find(({ name }) => name === heard.name) : undefined;
      if (heard.event !== "counts" || !capture)
        throw new LabError(`${this.#where}: session: says ${JSON.stringify(heard)} when it is stopped`);
      const { captured, received, dropped } = heard;
      counted.push({ ...capture, captured, receivedByFilter: received, droppedByKernel: dropped });
    }
  }

  /** Files of the session, checked on their way. @throws LabError when one is larger than allowed or did not arrive whole */
  async fetch(files: readonly string[]): Promise<Buffer[]> {
    const paths = files.map((file) => `${this.#folder}/${file}`);
    return fetchFromServer(this.ssh, paths, this.#where, mostFileBytes);
  }

  /** Ends what it started and removes what is left on the server. */
  async close(): Promise<void> {
    await this.#talk.end(closeLimitMs);
  }
}

/** Milliseconds for tcpdump and mpstat to end by themselves before they are ended. */
const closeLimitMs = 30_000;

/**
 * Connects to an end's server.
 * @param keepalive whether ssh asks it now and then whether it is still there: not of servers on a shared clock, which would have
 *   to work for that, and whose answers may take minutes
 */
export const connectEnd = (role: string, end: End, keepalive = true) =>
  connectSsh(role, end.ssh, undefined, undefined, keepalive);
