import { createInterface } from "node:readline";
import type { Client, ClientChannel } from "ssh2";
import { LabError, messageOf } from "../errors.ts";
import { endCall } from "./exec.ts";
import { framed, markerOf, newCall, notRun, scriptName, scriptStderr } from "./framing.ts";

/** A script that is spoken with line by line while it runs. The server sees end of file when this side is gone. */
export interface Conversation {
  /** Sends a line. */
  say(line: string): void;
  /** The next line it prints; empty ones do not count. @throws LabError when none comes within `timeoutMs`, or it has ended (with its stderr). */
  hear(timeoutMs: number): Promise<string>;
  /**
   * Closes its input and waits for its end; one that does not end by itself within `timeoutMs` (default 15 000) is ended.
   * @throws LabError when it had to be
   */
  end(timeoutMs?: number): Promise<void>;
}

/** The most that one may say and nobody has heard yet, and the most that is kept of its stderr. */
const mostUnheardLines = 10_000;
const mostStderr = 2 ** 16;

class Talk implements Conversation {
  readonly #client: Client;
  readonly #channel: ClientChannel;
  readonly #where: string;
  readonly #call: string;
  readonly #heard: string[] = [];
  readonly #closed: Promise<void>;
  #before = "";
  #begun = false;
  /** The script has ended; what follows is the login shell's. */
  #finished = false;
  #ended = false;
  #code: number | null = null;
  #stderr = "";
  #wake = () => {};

  constructor(client: Client, channel: ClientChannel, where: string, call: string) {
    this.#client = client;
    this.#channel = channel;
    this.#where = where;
    this.#call = call;
    channel.on("exit", (code: number | null) => {
      this.#code = code ?? 255;
    });
    channel.on("error", () => {}); // said to one that has ended; "close" follows
    this.#closed = new Promise((done) => {
      channel.on("close", () => {
        this.#ended = true;
        this.#wake();
        done();
      });
    });
    channel.stderr.on("data", (data: Buffer) => {
      this.#stderr = (this.#stderr + data.toString()).slice(0, mostStderr);
    });
    createInterface({ input: channel }).on("line", (line) => this.#take(line));
  }

  #take(line: string): void {
    const marker = markerOf(line, this.#call);
    if (marker === "end") this.#finished = true;
    if (line === "" || this.#finished) return;
    if (marker === "begin") this.#begun = true;
    else if (!this.#begun) this.#before = `${this.#before}${line}\n`.slice(0, mostStderr);
    else if (this.#heard.length < mostUnheardLines) this.#heard.push(line);
    this.#wake();
  }

  #words(): string {
    return scriptStderr(this.#stderr, this.#call).trim();
  }

  #silence(seconds: number): string {
    const printed = JSON.stringify(`${this.#before}${this.#stderr}`.trim().slice(0, 400));
    const begun = this.#begun ? this.#words() : `The login shell has not begun the script; it printed ${printed}`;
    return `nothing heard for ${seconds} s. ${begun}`.trim();
  }

  /** Why it has ended. */
  #reason(): string {
    if (!this.#begun && this.#code !== null) return notRun(this.#before, this.#stderr, this.#code);
    const words = this.#words();
    return `ended: ${words || (this.#code === null ? "the connection was lost" : `exit status ${this.#code}, without a word`)}`;
  }

  say(line: string): void {
    this.#channel.write(`${line}\n`);
  }

  async hear(timeoutMs: number): Promise<string> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const line = this.#heard.shift();
      if (line !== undefined) return line;
      if (this.#ended) throw new LabError(`${this.#where}: ${this.#reason()}`);
      if (Date.now() >= deadline) throw new LabError(`${this.#where}: ${this.#silence(timeoutMs / 1000)}`);
      await this.#news(deadline - Date.now());
    }
  }

  #news(withinMs: number): Promise<void> {
    return new Promise((go) => {
      const timer = setTimeout(go, withinMs);
      this.#wake = () => {
        clearTimeout(timer);
        go();
      };
    });
  }

  async end(timeoutMs = 15_000): Promise<void> {
    this.#channel.end();
    const late = new Promise<"late">((resolve) => setTimeout(resolve, timeoutMs, "late").unref());
    if ((await Promise.race([this.#closed, late])) !== "late") return;
    const how = await endCall(this.#client, this.#call);
    this.#channel.close();
    throw new LabError(`${this.#where}: did not end within ${timeoutMs / 1000} s of being told to; ${how}`);
  }
}

/**
 * Starts a script under /bin/sh to speak with, whatever the login shell is.
 * @param where how messages call the server
 */
export function converseOver(client: Client, where: string, script: string): Promise<Conversation> {
  const call = newCall();
  const { command, stdin } = framed(script, call);
  return new Promise((resolve, reject) => {
    const refuse = (error: unknown) => reject(new LabError(`${where}: ${messageOf(error)}: ${scriptName(script)}`));
    try {
      client.exec(command, (error, channel) => {
        if (error) return refuse(error);
        channel.write(stdin);
        resolve(new Talk(client, channel, where, call));
      });
    } catch (error) {
      refuse(error); // the connection is no more
    }
  });
}
