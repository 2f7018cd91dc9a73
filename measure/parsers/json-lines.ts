import { excerpt, FormatError } from "../../lib/format-error.ts";

/** A value of a JSON text that knows where it stood. */
export interface JsonNode {
  value: string | number | boolean | null | JsonNode[] | Map<string, JsonNode>;
  offset: number;
  line: number;
}

const token = /[\t\n\r ]*(?:([{}[\],:])|(")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\d.])|true|false|null))/y;
const deepest = 64;
/** "3,35" of a locale is two values, of which the second stands where a key should. */
const commaHint = ({ value }: JsonNode) =>
  typeof value === "number" ? `, found ${value}: decimal commas are no JSON; run what wrote this with LC_ALL=C` : "";

/**
 * Reads JSON (RFC 8259) like `JSON.parse`, keeping the line of every value so that a reader of its structure can say
 * where something unexpected stands. A key that comes twice is an error.
 * @throws FormatError
 */
export function parseJsonLines(text: string, source: string): JsonNode {
  let counted = 0;
  let line = 1;
  // RFC 8259 lets a reader pass over a byte order mark.
  token.lastIndex = text.startsWith("\uFEFF") ? 1 : 0;

  const fail = (offset: number, why: string): never => {
    throw new FormatError({ source, offset, line: lineOf(offset) }, why);
  };
  const lineOf = (offset: number) => {
    if (offset < counted) [counted, line] = [0, 1];
    for (; counted < offset; counted++) if (text.charCodeAt(counted) === 10) line++;
    return line;
  };
  const next = (expected: string) => {
    const from = token.lastIndex;
    const found = token.exec(text);
    if (found) return { found, offset: from + found[0].length - found[0].trimStart().length };
    const rest = text.slice(from).trimStart();
    const offset = text.length - rest.length;
    return fail(
      offset,
      `expected ${expected}, found ${rest === "" ? "the end of the text" : excerpt(rest.slice(0, 20))}`,
    );
  };
  /** The text of the string whose opening quote stands at `offset`. */
  const string = (offset: number): string => {
    let end = offset + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
    token.lastIndex = end + 1;
    try {
      return JSON.parse(text.slice(offset, end + 1)) as string;
    } catch {
      return fail(offset, `not a string: ${excerpt(text.slice(offset, end + 1))}`);
    }
  };
  const punctuation = (allowed: string) => {
    const { found, offset } = next(`one of ${allowed}`);
    const sign = found[1] ?? "";
    return sign !== "" && allowed.includes(sign)
      ? sign
      : fail(offset, `expected one of ${allowed}, found ${excerpt(found[0].trim())}`);
  };

  const array = (depth: number): JsonNode[] => {
    const items: JsonNode[] = [];
    for (;;) {
      const item = read(depth, items.length === 0 ? "]" : "");
      if (item === null) return items;
      items.push(item);
      if (punctuation(",]") === "]") return items;
    }
  };
  const object = (depth: number): Map<string, JsonNode> => {
    const members = new Map<string, JsonNode>();
    for (;;) {
      const key = read(depth, members.size === 0 ? "}" : "");
      if (key === null) return members;
      if (typeof key.value !== "string") return fail(key.offset, `expected a key${commaHint(key)}`);
      if (members.has(key.value)) return fail(key.offset, `${excerpt(key.value)} comes twice`);
      punctuation(":");
      members.set(key.value, read(depth, "") as JsonNode);
      if (punctuation(",}") === "}") return members;
    }
  };
  /** A value, or null when the sign `end` stands there instead. */
  const read = (depth: number, end: string): JsonNode | null => {
    const { found, offset } = next("a value");
    const [, sign, quote, word] = found;
    if (sign !== undefined && sign === end) return null;
    const node = { offset, line: lineOf(offset) };
    if (quote !== undefined) return { ...node, value: string(offset) };
    if (word !== undefined) return { ...node, value: JSON.parse(word) as number | boolean | null };
    if (depth >= deepest) return fail(offset, `more than ${deepest} levels`);
    if (sign === "[") return { ...node, value: array(depth + 1) };
    if (sign === "{") return { ...node, value: object(depth + 1) };
    return fail(offset, `expected a value, found ${sign}`);
  };

  const root = read(0, "") as JsonNode;
  const rest = text.slice(token.lastIndex).trimStart();
  if (rest !== "") fail(text.length - rest.length, `unexpected after the value: ${excerpt(rest.slice(0, 20))}`);
  return root;
}
