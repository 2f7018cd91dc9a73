import { describeCommand, parseDescription, requireWhole, transferLimitMs } from "./arrival.ts";
import type { SshConnection } from "./ssh/connect.ts";
import { shellQuote } from "./ssh/quote.ts";

/**
 * Brings a file of a server home, with size and hash checked on its way.
 * @param where how messages call the file
 * @throws LabError when it is larger than `maxBytes` or did not arrive whole
 */
export async function fetchFromServer(
  ssh: SshConnection,
  path: string,
  where: string,
  maxBytes: number,
): Promise<Buffer> {
  const file = shellQuote(path);
  const words = await ssh.run(describeCommand(file), { timeoutMs: transferLimitMs(maxBytes) });
  const there = parseDescription(words, where, maxBytes);
  const { stdout } = await ssh.exec(`cat ${file}`, {
    timeoutMs: transferLimitMs(there.bytes),
    maxBytes: there.bytes + 4096,
  });
  requireWhole(stdout, there, where);
  return stdout;
}
