import { LabError } from "./errors.ts";

/** Where in its input a reader gave up. `offset` counts bytes of a capture, UTF-16 units of a text; `line` counts from 1. */
export interface FormatPlace {
  /** What is being read, for the message: a path, or "ping". */
  source: string;
  offset: number;
  line?: number;
}

/** An input that is not in the format it should have. Readers throw nothing else, whatever bytes they are given. */
export class FormatError extends LabError {
  readonly offset: number;
  /** Line of a text, from 1; null for binary input. */
  readonly line: number | null;

  constructor(place: FormatPlace, why: string) {
    const where = place.line === undefined ? `byte ${place.offset}` : `line ${place.line}`;
    super(`${place.source}: ${where}: ${why}`);
    this.name = "FormatError";
    this.offset = place.offset;
    this.line = place.line ?? null;
  }
}

/** A piece of input as it may stand in a message: on one line, printable, at most 80 characters. */
export function excerpt(text: string): string {
  const shortened = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  return JSON.stringify(shortened);
}
