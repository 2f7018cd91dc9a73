import { z } from "zod";
import { sha256 } from "./canonical.ts";
import { LabError } from "./errors.ts";
import { parseRecords, wholeNumber } from "./key-value.ts";

/*
 * Files that are brought home from a server or a guest: they are described there before they are sent, and what arrives is held against
 * that. Each question takes its time on an emulated server, so what is small comes with the description.
 */

/** Bytes that must come home in a second. */
export const slowestBytesPerSecond = 500_000;

/** Milliseconds within which a file of that size must have come home. */
export const transferLimitMs = (bytes: number) => 60_000 + (1000 * bytes) / slowestBytesPerSecond;

const description = z.strictObject({ bytes: wholeNumber, sha256: z.string().length(64) });

/** A file as it was described where it is. */
export interface FileDescription extends z.infer<typeof description> {
  /** How messages call it. */
  where: string;
}

/**
 * Shell words that describe files where they are, a line each. The shell ends where one is not there.
 * @param paths as words of a shell
 */
export const describeCommand = (paths: readonly string[]) =>
  ["set -e", ...paths.map((path) => `h=$(sha256sum < ${path}); echo "bytes=$(wc -c < ${path}) sha256=\${h%% *}"`)].join(
    "; ",
  );

/**
 * Reads what they print, and what was sent behind it.
 * @param where how messages call each of the files
 * @throws LabError when it is not understood, or a file is larger than `maxBytes`
 */
export function parseDescriptions(
  told: Buffer,
  where: readonly string[],
  maxBytes: number,
): { files: FileDescription[]; sent: Buffer } {
  let at = 0;
  const files = where.map((file) => {
    const end = told.indexOf("\n", at);
    const [there] = parseRecords(description, told.subarray(at, Math.max(at, end)).toString(), file);
    if (there === undefined) throw new LabError(`${file}: its size and hash were asked for and not told`);
    if (there.bytes > maxBytes) throw new LabError(`${file} has ${there.bytes} bytes; the limit is ${maxBytes}`);
    at = end + 1;
    return { ...there, where: file };
  });
  return { files, sent: told.subarray(at) };
}

/** How many bytes files have together. */
export const bytesOf = (files: readonly FileDescription[]) => files.reduce((sum, { bytes }) => sum + bytes, 0);

/** What arrived, file by file. @throws LabError unless it is what was described */
export function requireWhole(content: Buffer, files: readonly FileDescription[]): Buffer[] {
  let at = 0;
  return files.map(({ bytes, sha256: hash, where }) => {
    const file = content.subarray(at, at + bytes);
    at += bytes;
    if (file.length !== bytes || sha256(file) !== hash)
      throw new LabError(`${where} did not arrive whole: ${file.length} of ${bytes} bytes, or others`);
    return file;
  });
}
