import { z } from "zod";
import { sha256 } from "./canonical.ts";
import { LabError } from "./errors.ts";
import { parseRecords, wholeNumber } from "./key-value.ts";

/*
 * A file that is brought home from a server or a guest: it is described there before it is sent, and what arrives is held against
 * that.
 */

/** Bytes that must come home in a second. */
export const slowestBytesPerSecond = 500_000;

/** Milliseconds within which a file of that size must have come home. */
export const transferLimitMs = (bytes: number) => 60_000 + (1000 * bytes) / slowestBytesPerSecond;

const description = z.strictObject({ bytes: wholeNumber, sha256: z.string().length(64) });
export type FileDescription = z.infer<typeof description>;

/** Shell words that describe a file where it is. @param path as a word of a shell */
export const describeCommand = (path: string) =>
  `h=$(sha256sum < ${path}) && echo "bytes=$(wc -c < ${path}) sha256=\${h%% *}"`;

/**
 * Reads what they print.
 * @param where how messages call the file
 * @throws LabError when it is not understood, or the file is larger than `maxBytes`
 */
export function parseDescription(text: string, where: string, maxBytes: number): FileDescription {
  const [there] = parseRecords(description, text, where);
  if (there === undefined) throw new LabError(`${where}: its size and hash were asked for and not told`);
  if (there.bytes > maxBytes) throw new LabError(`${where} has ${there.bytes} bytes; the limit is ${maxBytes}`);
  return there;
}

/** @throws LabError unless what arrived is what was described */
export function requireWhole(content: Buffer, there: FileDescription, where: string): void {
  if (content.length !== there.bytes || sha256(content) !== there.sha256)
    throw new LabError(`${where} did not arrive whole: ${content.length} of ${there.bytes} bytes, or others`);
}
