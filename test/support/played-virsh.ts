import { messageOf } from "../../lib/errors.ts";
import type { Conversation } from "../../lib/ssh/conversation.ts";

/**
 * Plays a virsh that is asked one command after the other.
 * @param answer to a command line with which virsh would be started for one of them; what it throws is what virsh calls an error
 */
export function playVirsh(answer: (commandLine: string) => Promise<string>): Conversation {
  const heard: Promise<string>[] = [];
  return {
    say(line) {
      const [, word] = /^echo (\S+)$/.exec(line) ?? [];
      heard.push(
        word !== undefined
          ? Promise.resolve(word)
          : answer(`virsh -q ${line}`).catch((error) => `error: ${messageOf(error)}`),
      );
    },
    hear: async () => (await heard.shift()) ?? "",
    end: async () => {},
  };
}
