import { bytesOf, describeCommand, parseDescriptions, requireWhole, transferLimitMs } from "./arrival.ts";
import { LabError } from "./errors.ts";
import type { SshConnection } from "./ssh/connect.ts";
import { shellQuote } from "./ssh/quote.ts";

/** Files that have together at most so many bytes are sent at once. */
const smallBytes = 2 ** 20;

/**
 * Brings files of a server home, each with size and hash checked on its way.
 * @param where how messages call the server
 * @param maxBytes that each may have
 * @returns them in the order of `paths`
 * @throws LabError when one is larger than `maxBytes` or did not arrive whole
 */
export async function fetchFromServer(
  ssh: SshConnection,
  paths: readonly string[],
  where: string,
  maxBytes: number,
): Promise<Buffer[]> {
  if (paths.length === 0) return [];
  const words = paths.map(shellQuote);
  const all = words.join(" ");
  const { stdout, code, stderr } = await ssh.exec(
    `${describeCommand(words)}; if [ "$(cat ${all} | wc -c)" -le ${smallBytes} ]; then cat ${all}; fi`,
    { timeoutMs: transferLimitMs(paths.length * maxBytes), name: `files of ${where}: ${all}` },
  );
  if (code !== 0) throw new LabError(`${where}: exit status ${code}: ${all}\n${stderr.trim()}`);
  const names = paths.map((path) => `${where}: ${path}`);
  const { files, sent } = parseDescriptions(stdout, names, maxBytes);
  if (bytesOf(files) <= smallBytes) return requireWhole(sent, files);
  const contents: Buffer[] = [];
  for (const [index, file] of files.entries()) {
    const limits = { timeoutMs: transferLimitMs(file.bytes), maxBytes: file.bytes + 4096 };
    contents.push(...requireWhole((await ssh.exec(`cat ${words[index]}`, limits)).stdout, [file]));
  }
  return contents;
}
