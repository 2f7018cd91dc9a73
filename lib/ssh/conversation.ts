import { createInterface } from "node:readline";
import type { Client, ClientChannel } from "ssh2";
import { LabError } from "../errors.ts";

/** A command that is spoken with line by line while it runs. The server sees end of file when this side is gone. */
export interface Conversation {
  /** Sends a line. */
  say(line: string): void;
  /** The next line it prints. @throws LabError when none comes within `timeoutMs`, or it has ended (with its stderr). */
  hear(timeoutMs: number): Promise<string>;
  /** Closes its input and waits for its end. */
  end(): Promise<void>;
}

function conversationOn(channel: ClientChannel, where: string): Conversation {
  const heard: string[] = [];
  let wake = () => {};
  let stderr = "";
  let ended = false;
  const closed = new Promise<void>((done) => {
    channel.on("close", () => {
      ended = true;
      wake();
      done();
    });
  });
  channel.stderr.on("data", (data: Buffer) => {
    stderr += data.toString();
  });
  createInterface({ input: channel }).on("line", (line) => {
    heard.push(line);
    wake();
  });
  return {
    say: (line) => void channel.write(`${line}\n`),
    async hear(timeoutMs) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const line = heard.shift();
        if (line !== undefined) return line;
        if (ended) throw new LabError(`${where}: ended: ${stderr.trim() || "without a word (connection lost?)"}`);
        if (Date.now() >= deadline)
          throw new LabError(`${where}: nothing heard for ${timeoutMs / 1000} s. ${stderr.trim()}`);
        await new Promise<void>((go) => {
          const timer = setTimeout(go, deadline - Date.now());
          wake = () => {
            clearTimeout(timer);
            go();
          };
        });
      }
    },
    async end() {
      channel.end();
      await closed;
    },
  };
}

/**
 * Starts a shell command to speak with.
 * @param where how messages call the server
 */
export function converseOver(client: Client, where: string, command: string): Promise<Conversation> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) reject(new LabError(`${where}: ${error.message}`));
      else resolve(conversationOn(channel, where));
    });
  });
}
