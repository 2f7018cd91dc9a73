import { StringDecoder } from "node:string_decoder";

/** What a command's output is shown with as the user sees it; "none" keeps it out of the log. */
export type Logging = "stdout" | "stderr" | "stdoutAndStderr" | "none";

/** A line of news about a resource, for whoever watches the engine. */
export type Log = (line: string, severity?: "info" | "warning") => void;

/** Keeps what a command prints, both streams apart and together, and logs whole lines while it prints them. */
export class Output {
  readonly #log: Log;
  readonly #logged: Set<string>;
  readonly #all: Buffer[] = [];
  readonly #streams = {
    stdout: { chunks: [] as Buffer[], decoder: new StringDecoder("utf8"), line: "" },
    stderr: { chunks: [] as Buffer[], decoder: new StringDecoder("utf8"), line: "" },
  };

  constructor(log: Log, logging: Logging = "stdoutAndStderr") {
    this.#log = log;
    this.#logged = new Set(logging === "stdoutAndStderr" ? ["stdout", "stderr"] : [logging]);
  }

  /** Takes a piece of a stream. */
  add(name: "stdout" | "stderr", data: Buffer): void {
    const stream = this.#streams[name];
    stream.chunks.push(data);
    this.#all.push(data);
    if (!this.#logged.has(name)) return;
    const lines = (stream.line + stream.decoder.write(data)).split("\n");
    stream.line = lines.pop() ?? "";
    for (const line of lines) this.#log(line);
  }

  /** Logs what has come since the last end of line. To be called when the command has ended. */
  end(): void {
    for (const stream of Object.values(this.#streams)) {
      const line = stream.line + stream.decoder.end();
      stream.line = "";
      if (line) this.#log(line);
    }
  }

  /** A stream's text, without one end of line at its end. */
  text(name: "stdout" | "stderr"): string {
    return Buffer.concat(this.#streams[name].chunks).toString("utf8").replace(/\n$/, "");
  }

  /** Both streams' text in the order of arrival, for error messages. */
  combined(): string {
    return Buffer.concat(this.#all).toString("utf8").trimEnd();
  }
}
