import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { z } from "zod";
import { bytesOf, describeCommand, parseDescriptions, requireWhole } from "./arrival.ts";
import { LabError, messageOf } from "./errors.ts";
import { askAgent, bytesFromGuest } from "./guest-agent.ts";
import type { SshConnection } from "./ssh/connect.ts";
import { shellQuote } from "./ssh/quote.ts";

const handle = z.int();
const piece = z.object({ count: z.int(), "buf-b64": z.base64(), eof: z.boolean() });
const closed = z.object({});

/** What one answer of the agent carries: libvirt refuses one of more than 10 MiB, and a slow guest takes its time. */
const pieceBytes = 256 * 2 ** 10;

export interface FetchLimits {
  /** The most bytes that each file may have. */
  maxBytes: number;
  /** Milliseconds for the guest to compress them. */
  limitMs: number;
}

/** The content of a file by pieces. @throws LabError when there are more than `maxBytes` */
async function readPieces(ssh: SshConnection, domain: string, path: string, maxBytes: number): Promise<Buffer> {
  const open = await askAgent(ssh, domain, handle, "guest-file-open", { path, mode: "r" });
  try {
    const pieces: Buffer[] = [];
    for (let bytes = 0; ; ) {
      const next = await askAgent(ssh, domain, piece, "guest-file-read", { handle: open, count: pieceBytes });
      pieces.push(Buffer.from(next["buf-b64"], "base64"));
      bytes += next.count;
      if (bytes > maxBytes)
        throw new LabError(`${domain}: ${path} has more than ${maxBytes} bytes, which is the limit`);
      if (next.eof || next.count === 0) return Buffer.concat(pieces);
    }
  } finally {
    await askAgent(ssh, domain, closed, "guest-file-close", { handle: open });
  }
}

/** What is sent at once: an agent's answer is text that a slow guest writes byte by byte. */
const smallBytes = 64 * 2 ** 10;

/**
 * Brings files of a guest home through its agent: compressed together, in pieces where that is large, with the size and hash of each
 * checked. A file beside the first, PATH.gz, is left in the guest.
 * @returns them in the order of `paths`
 * @throws LabError when one is larger than allowed, or what arrives is not what the guest has
 */
export async function fetchFromGuest(
  ssh: SshConnection,
  domain: string,
  paths: readonly string[],
  { maxBytes, limitMs }: FetchLimits,
): Promise<Buffer[]> {
  const words = paths.map(shellQuote);
  const packed = `${paths[0]}.gz`;
  const archive = shellQuote(packed);
  const told = await bytesFromGuest(
    ssh,
    domain,
    `${describeCommand(words)}; cat ${words.join(" ")} | gzip -c > ${archive}; if [ "$(wc -c < ${archive})" -le ${smallBytes} ]; then cat ${archive}; fi`,
    limitMs,
  );
  const names = paths.map((path) => `${domain}: ${path}`);
  const { files, sent } = parseDescriptions(told, names, maxBytes);
  const compressed = sent.length > 0 ? sent : await readPieces(ssh, domain, packed, paths.length * maxBytes);
  const content = await promisify(gunzip)(compressed, { maxOutputLength: Math.max(1, bytesOf(files)) }).catch(
    (error) => {
      throw new LabError(`${names.join(", ")} did not arrive whole: ${messageOf(error)}`);
    },
  );
  return requireWhole(content, files);
}
