/**
 * An error that is part of the product: its message tells the reader what was wrong, where, the value, and what to do.
 * The command line prints it without a stack and exits with `exitCode` (1 = failed, 2 = bad usage or configuration).
 */
export class LabError extends Error {
  readonly exitCode: 1 | 2;

  constructor(message: string, options: { exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "LabError";
    this.exitCode = options.exitCode ?? 1;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
