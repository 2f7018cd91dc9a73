import { basename } from "node:path";
import { z } from "zod";
import { LabError } from "../../../lib/errors.ts";
import { type GuestCommand, runInGuest, startInGuest } from "../../../lib/guest-agent.ts";
import { fetchFromGuest } from "../../../lib/guest-file.ts";
import { endProcesses } from "../../../lib/guest-processes.ts";
import { decimalNumber, parseRecords, wholeNumber } from "../../../lib/key-value.ts";
import type { SshConnection } from "../../../lib/ssh/connect.ts";
import { type RunBudget, settleSeconds } from "../../probe/budget.ts";

const filesOfAllAttempts = "/tmp/lab-ping-";

const endRecord = z.strictObject({ exit_code: wholeNumber, from: decimalNumber, to: decimalNumber });

/** What ping brought home: its output, exit status, the seconds it took, and what it said on stderr. */
export interface PingAnswer {
  text: Buffer;
  exitCode: number;
  seconds: number;
  errors: string;
}

/** One attempt's ping in the Sender VM. Its output is kept in the guest until it has ended, in files of its own. */
export class PingInGuest {
  readonly #ssh: SshConnection;
  readonly #domain: string;
  readonly #files: string;
  readonly #budget: RunBudget;
  #command: GuestCommand | undefined;

  /** @param id of this attempt and no other: it is in the names of the files */
  constructor(ssh: SshConnection, domain: string, id: number, budget: RunBudget) {
    this.#ssh = ssh;
    this.#domain = domain;
    this.#files = `${filesOfAllAttempts}${id}`;
    this.#budget = budget;
  }

  /** Ends what an attempt before has left, a ping or its files. @throws LabError when a ping cannot be ended */
  async clear(): Promise<void> {
    await runInGuest(this.#ssh, this.#domain, `${endProcesses(["ping"])}\nrm -f ${filesOfAllAttempts}*`, 60_000);
  }

  /** What the guest writes on its console when ping has ended, if it is to: one word, which no other attempt writes. */
  get endWord(): string {
    return `LAB-PINGED-${basename(this.#files)}`;
  }

  /**
   * Gives the command; ping begins after some seconds, when the guest has settled unless it is told else, and ends at its limit
   * by itself.
   * @param begin whether the guest writes `endWord` on its console then
   */
  async start(ping: string, begin = { afterSeconds: settleSeconds, tellsConsole: false }): Promise<void> {
    const uptime = "$(cut -d ' ' -f 1 /proc/uptime)";
    const limit = this.#budget.pingLimitSeconds;
    const told = begin.tellsConsole ? `; echo ${this.endWord} > /dev/console` : "";
    const script = `sleep ${begin.afterSeconds}; from=${uptime}; timeout -s INT -k 10 ${limit} ${ping} > ${this.#files}.txt 2> ${this.#files}.err; code=$?; echo "exit_code=$code from=$from to=${uptime}" > ${this.#files}.end${told}`;
    this.#command = await startInGuest(this.#ssh, this.#domain, script, false);
  }

  /** Waits for the end of ping. @throws LabError when it does not come; it is ended then */
  async ended(): Promise<void> {
    const { askEveryMs, pingLimitSeconds } = this.#budget;
    await this.#command?.ended((pingLimitSeconds + 60) * 1000, askEveryMs);
  }

  /** @throws LabError when it did not arrive whole, or ping was ended at its limit */
  async collect(): Promise<PingAnswer> {
    const [ssh, domain, files] = [this.#ssh, this.#domain, this.#files];
    const [end] = parseRecords(endRecord, await runInGuest(ssh, domain, `cat ${files}.end`), `${domain}: ping`);
    if (end === undefined) throw new LabError(`${domain}: ping has not noted its end`);
    const errors = (await runInGuest(ssh, domain, `head -c 4000 ${files}.err`)).trim();
    const seconds = end.to - end.from;
    const { pingLimitSeconds, pingBytes } = this.#budget;
    if (seconds >= pingLimitSeconds)
      throw new LabError(
        `${domain}: ping was ended after ${seconds.toFixed(0)} s, which is its limit for a run of this many packets: the path is too slow. ${errors}`,
      );
    const text = await fetchFromGuest(ssh, domain, `${files}.txt`, { maxBytes: pingBytes, limitMs: 120_000 });
    await runInGuest(ssh, domain, `rm -f ${files}.*`);
    return { text, exitCode: end.exit_code, seconds, errors };
  }

  /** Ends ping if it still runs: nothing of an attempt that failed may go on. */
  async end(): Promise<void> {
    await this.#command?.end();
  }
}
