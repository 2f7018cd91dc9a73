import { fstatSync, writeSync } from "node:fs";
import { messageOf } from "../lib/errors.ts";

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "code" in error && "syscall" in error;

/**
 * An error as the user is to see it: one line for what the operating system refused, such as a full disk, and the stack for what
 * is a fault of ours.
 */
export function textOfUnexpected(error: unknown): string {
  if (isSystemError(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Writes all of it; a file system that is nearly full takes a part. @throws Error (ENOSPC) when it takes no more */
function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

/**
 * Makes a standard stream that is a file write all or fail. Node.js takes the first part of what a nearly full disk took for the whole.
 */
function writeWholeTo(stream: NodeJS.WriteStream, descriptor: number): void {
  if (!fstatSync(descriptor).isFile()) return;
  stream._write = (chunk: Uint8Array | string, encoding, done) => {
    try {
      writeWhole(descriptor, typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk);
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  };
}

/**
 * Watches where the command line writes. A reader of stdout that has seen enough (`| head`) is no error, and what is under way still
 * ends as it should. Anything else that keeps results from being written is told once, on one line, and ends in status 1.
 * @returns whether an error is the one that was told already
 */
export function watchOutput(): { wasTold(error: unknown): boolean } {
  let told: unknown;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED" || told !== undefined) return;
    told = error;
    process.exitCode = 1;
    process.stderr.write(`lab: standard output cannot be written: ${messageOf(error)}\n`);
  });
  // Nobody can be told any more; the status still tells that not all was said.
  process.stderr.on("error", () => {
    process.exitCode ||= 1;
  });
  writeWholeTo(process.stdout, 1);
  writeWholeTo(process.stderr, 2);
  return { wasTold: (error) => error === told };
}
