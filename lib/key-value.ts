import { z } from "zod";
import { LabError } from "./errors.ts";

/*
 * The line format of everything that goes between this program and a server's scripts: words `key=value`, separated by
 * spaces, in any order. In a value every byte outside [A-Za-z0-9_.,:/@+-] is written %XX, so a word has no white space and
 * nothing in it means something to a shell. Which kind of line it is, where there are several, is a key like any other.
 */

const keyPattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
const plainBytes = /^[A-Za-z0-9_.,:/@+-]*$/;

/** Whether nothing in a text means something to a shell, and so nothing of it is escaped. */
export const isPlain = (text: string): boolean => plainBytes.test(text);

const escaped = (value: string) =>
  [...Buffer.from(value)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return isPlain(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");

/** @throws URIError when a percent sign begins no escape, or the bytes are no UTF-8 */
const unescaped = (value: string) => decodeURIComponent(value);

/**
 * One line of `key=value` words, without a newline.
 * @throws RangeError when a key is no name of a shell variable
 */
export function formatFields(fields: Readonly<Record<string, string | number>>): string {
  return Object.entries(fields)
    .map(([key, value]) => {
      if (!keyPattern.test(key)) throw new RangeError(`${JSON.stringify(key)} is no key: letters, digits and _`);
      return `${key}=${escaped(String(value))}`;
    })
    .join(" ");
}

/**
 * The fields of one line.
 * @param where what the line came from, for messages
 * @throws LabError with the line and the word that is no `key=value`, or the key that comes twice
 */
export function parseFields(line: string, where: string): Record<string, string> {
  const refuse = (why: string) => new LabError(`${where}: ${why} in the line ${JSON.stringify(line)}`);
  const fields = new Map<string, string>();
  for (const word of line.split(" ").filter((each) => each !== "")) {
    const equals = word.indexOf("=");
    const key = word.slice(0, Math.max(0, equals));
    if (!keyPattern.test(key)) throw refuse(`${JSON.stringify(word)} is not key=value`);
    if (fields.has(key)) throw refuse(`${key} is given twice`);
    try {
      fields.set(key, unescaped(word.slice(equals + 1)));
    } catch {
      throw refuse(`${JSON.stringify(word)} holds an escape that is none (%XX)`);
    }
  }
  return Object.fromEntries(fields);
}

/**
 * The records of a text, one a line; empty lines are none.
 * @param schema of one record, from fields that are all strings (see `wholeNumber`, `decimalNumber`)
 * @throws LabError with the line, the key and what is allowed
 */
export function parseRecords<T extends z.ZodType>(schema: T, text: string, where: string): z.infer<T>[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const parsed = schema.safeParse(parseFields(line, where));
      if (parsed.success) return parsed.data;
      const why = parsed.error.issues
        .map(({ path, message }) => `${path.join(".") || "record"}: ${message}`)
        .join("; ");
      throw new LabError(`${where}: ${why}, in the line ${JSON.stringify(line)}`);
    });
}

/** A field that is a whole number, at least 0, and exact. */
export const wholeNumber = z
  .string()
  .regex(/^\d+$/, { error: ({ input }) => `${JSON.stringify(input)} is no whole number` })
  .transform(Number)
  .pipe(z.int());

/** A field that is a number in decimal notation, such as 12, -3 or 0.25. */
export const decimalNumber = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, { error: ({ input }) => `${JSON.stringify(input)} is no number` })
  .transform(Number)
  .pipe(z.number());
