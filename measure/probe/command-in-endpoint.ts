import { basename } from "node:path";
import { z } from "zod";
import type { Endpoint, RunningCommand } from "../../lib/endpoints/endpoint.ts";
import { LabError } from "../../lib/errors.ts";
import { decimalNumber, parseRecords, wholeNumber } from "../../lib/key-value.ts";
import type { ProbeBudget, ProbeCommand } from "../probes/probe.ts";
import { settleSeconds } from "./budget.ts";
import { clearEndpoint } from "./clear-endpoint.ts";
import type { ProbeTask } from "./task.ts";

/** What is kept of what a probe says on stderr: its beginning tells why. */
const mostErrorBytes = 4000;

const endRecord = z.strictObject({ exit_code: wholeNumber, from: decimalNumber, to: decimalNumber });

/** What a probe's command brought home: its output, exit status, the seconds it took, and what it said on stderr. */
export interface ProbeAnswer {
  text: Buffer;
  exitCode: number;
  seconds: number;
  errors: string;
}

/** One attempt's probe in an endpoint. Its output is kept there in files of its own, until the next attempt begins or the endpoint goes. */
export class CommandInEndpoint {
  readonly #endpoint: Endpoint;
  readonly #name: string;
  readonly #given: ProbeCommand;
  readonly #files: string;
  readonly #budget: ProbeBudget;
  #command: RunningCommand | undefined;

  constructor(
    endpoint: Endpoint,
    { probe, seed, budget, command }: Pick<ProbeTask, "seed" | "budget" | "command"> & { probe: { id: string } },
  ) {
    this.#endpoint = endpoint;
    this.#name = probe.id;
    this.#given = command;
    this.#files = `${endpoint.files}/lab-${probe.id}-${seed}`;
    this.#budget = budget;
  }

  /** Ends what an attempt before has left, a process or its files. @throws as `clearEndpoint` does */
  async clear(): Promise<void> {
    await clearEndpoint(this.#endpoint, "sender", this.#name, this.#given, `lab-${this.#name}-*`);
  }

  /** What is written when the command has ended, if it is to: one word, which no other attempt writes, and the server's file of it. */
  get endWord(): { word: string; log: string } {
    return { word: `LAB-ENDED-${basename(this.#files)}`, log: this.#endpoint.words.read };
  }

  /** Seconds from when the command was given until it is ended. */
  get #limitSeconds(): number {
    return settleSeconds + this.#budget.limitSeconds;
  }

  /**
   * Gives the command; it begins after some seconds, when the server has settled unless it is told else, and ends at its limit
   * by itself.
   * @param begin whether `endWord` is written then
   */
  async start(begin = { afterSeconds: settleSeconds, tellsEnd: false }): Promise<void> {
    const uptime = "$(cut -d ' ' -f 1 /proc/uptime)";
    const told = begin.tellsEnd ? `; echo ${this.endWord.word} > ${this.#endpoint.words.written}` : "";
    const script = `sleep ${begin.afterSeconds}; from=${uptime}; timeout -s INT -k 10 ${this.#limitSeconds} ${this.#given.shell} > ${this.#files}.txt 2> ${this.#files}.err; code=$? to=${uptime}; head -c ${mostErrorBytes} ${this.#files}.err > ${this.#files}.said; echo "exit_code=$code from=$from to=$to" > ${this.#files}.end${told}`;
    this.#command = await this.#endpoint.start(script, false);
  }

  /** Waits for the end of the command. @throws LabError when it does not come; it is ended then */
  async ended(): Promise<void> {
    await this.#command?.ended((this.#limitSeconds + 60) * 1000, this.#budget.askEveryMs);
  }

  /** @throws LabError when it did not arrive whole, or the command was ended at its limit */
  async collect(): Promise<ProbeAnswer> {
    const [endpoint, files] = [this.#endpoint, this.#files];
    const where = `${endpoint.name}: ${this.#name}`;
    const limits = { maxBytes: this.#budget.outputBytes, limitMs: 120_000 };
    const paths = ["end", "said", "txt"].map((ending) => `${files}.${ending}`);
    const [noted, said, text] = (await endpoint.fetch(paths, limits)) as [Buffer, Buffer, Buffer];
    const [end] = parseRecords(endRecord, noted.toString(), where);
    if (end === undefined) throw new LabError(`${where} has not noted its end`);
    const errors = said.toString().trim();
    const seconds = end.to - end.from;
    if (seconds >= this.#limitSeconds)
      throw new LabError(
        `${where} was ended after ${seconds.toFixed(0)} s, which is its limit for a run of this scenario: the path is too slow. ${errors}`,
      );
    return { text, exitCode: end.exit_code, seconds, errors };
  }

  /** Ends the command if it still runs: nothing of an attempt that failed may go on. */
  async end(): Promise<void> {
    await this.#command?.end();
  }
}
