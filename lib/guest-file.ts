import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { z } from "zod";
import { describeCommand, parseDescription, requireWhole } from "./arrival.ts";
import { LabError, messageOf } from "./errors.ts";
import { askAgent, runInGuest } from "./guest-agent.ts";
import type { SshConnection } from "./ssh/connect.ts";
import { shellQuote } from "./ssh/quote.ts";

const handle = z.int();
const piece = z.object({ count: z.int(), "buf-b64": z.base64(), eof: z.boolean() });
const closed = z.object({});

/** What one answer of the agent carries: libvirt refuses one of more than 10 MiB, and a slow guest takes its time. */
const pieceBytes = 256 * 2 ** 10;

export interface FetchLimits {
  /** The most bytes that the file may have. */
  maxBytes: number;
  /** Milliseconds for the guest to compress it. */
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

/**
 * Brings a file of a guest home through its agent: compressed, in pieces, with size and hash checked. A file beside it,
 * PATH.gz, is left in the guest.
 * @throws LabError when it is larger than allowed, or what arrives is not what the guest has
 */
export async function fetchFromGuest(
  ssh: SshConnection,
  domain: string,
  path: string,
  { maxBytes, limitMs }: FetchLimits,
): Promise<Buffer> {
  const file = shellQuote(path);
  const where = `${domain}: ${path}`;
  const words = await runInGuest(
    ssh,
    domain,
    `set -e; gzip -c < ${file} > ${file}.gz; ${describeCommand(file)}`,
    limitMs,
  );
  const there = parseDescription(words, where, maxBytes);
  const compressed = await readPieces(ssh, domain, `${path}.gz`, maxBytes);
  const content = await promisify(gunzip)(compressed, { maxOutputLength: Math.max(1, there.bytes) }).catch((error) => {
    throw new LabError(`${where} did not arrive whole: ${messageOf(error)}`);
  });
  requireWhole(content, there, where);
  return content;
}
