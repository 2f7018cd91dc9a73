import { LabError } from "./errors.ts";
import type { SshConnection } from "./ssh/connect.ts";
import type { Conversation } from "./ssh/conversation.ts";

/**
 * virsh takes a command a line where it is given none (virsh(1)): to start it costs more than what it is asked. Its errors are heard
 * where its answers are; it keeps no history of what it was told, and asks libvirt nothing by itself.
 */
const script = "XDG_CACHE_HOME=/dev/null exec virsh --keepalive-interval 0 2>&1";

/** Milliseconds for one to end that was told to, or to which nobody listens any more. */
const endingMs = 5000;

/** A virsh on a server that is asked one command after the other. */
class AskedVirsh {
  readonly #talk: Conversation;
  #asked = 0;

  constructor(talk: Conversation) {
    this.#talk = talk;
  }

  /** @returns what it printed, a line each, as it comes: its prompt with the command among them */
  async ask(command: string, limitMs: number): Promise<string[]> {
    this.#asked += 1;
    const end = `@${this.#asked}`;
    this.#talk.say(command);
    this.#talk.say(`echo ${end}`);
    const lines: string[] = [];
    for (;;) {
      const line = await this.#talk.hear(limitMs);
      if (line === end) return lines;
      lines.push(line);
    }
  }

  end(): Promise<void> {
    return this.#talk.end(endingMs);
  }
}

/** Those that nobody is asking, by the connection over which they were started; they end with it. */
const idle = new WeakMap<SshConnection, AskedVirsh[]>();

/**
 * Asks libvirt on a server for what is one line of JSON.
 * @param command of virsh, a line
 * @param limitMs within which a line of its answer must come
 * @throws LabError with what virsh calls an error, or when it does not answer
 */
export async function askVirsh(ssh: SshConnection, command: string, limitMs: number): Promise<string> {
  const free = idle.get(ssh) ?? [];
  idle.set(ssh, free);
  const virsh = free.pop() ?? new AskedVirsh(await ssh.converse(script));
  let lines: string[];
  try {
    lines = await virsh.ask(command, limitMs);
  } catch (error) {
    await virsh.end().catch(() => {}); // why it is of no use tells more
    throw error;
  }
  free.push(virsh);
  // What it has read is before its answer, also where that is shown in part.
  const answer = lines.findLast((line) => line.startsWith("{"));
  if (answer !== undefined) return answer;
  const errors = lines.filter((line) => line.startsWith("error: "));
  throw new LabError((errors.length > 0 ? errors : lines).join("\n"));
}
