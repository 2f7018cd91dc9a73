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

/** Reads one text, from its beginning to its end. */
class JsonReader {
  readonly #text: string;
  readonly #source: string;
  readonly #token = new RegExp(token);
  #countedTo = 0;
  #line = 1;

  constructor(text: string, source: string) {
    this.#text = text;
    this.#source = source;
    // RFC 8259 lets a reader pass over a byte order mark.
    this.#token.lastIndex = text.startsWith("\uFEFF") ? 1 : 0;
  }

  /** The one value of the text. */
  root(): JsonNode {
    const root = this.#read(0, "") as JsonNode;
    const rest = this.#text.slice(this.#token.lastIndex).trimStart();
    if (rest !== "")
      this.#fail(this.#text.length - rest.length, `unexpected after the value: ${excerpt(rest.slice(0, 20))}`);
    return root;
  }

  #fail(offset: number, why: string): never {
    throw new FormatError({ source: this.#source, offset, line: this.#lineAt(offset) }, why);
  }

  #lineAt(offset: number): number {
    if (offset < this.#countedTo) [this.#countedTo, this.#line] = [0, 1];
    for (; this.#countedTo < offset; this.#countedTo++) if (this.#text.charCodeAt(this.#countedTo) === 10) this.#line++;
    return this.#line;
  }

  #next(expected: string): { found: RegExpExecArray; offset: number } {
    const from = this.#token.lastIndex;
    const found = this.#token.exec(this.#text);
    if (found) return { found, offset: from + found[0].length - found[0].trimStart().length };
    const rest = this.#text.slice(from).trimStart();
    const what = rest === "" ? "the end of the text" : excerpt(rest.slice(0, 20));
    return this.#fail(this.#text.length - rest.length, `expected ${expected}, found ${what}`);
  }

  /** The text of the string whose opening quote stands at `offset`. */
  #string(offset: number): string {
    let end = offset + 1;
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === "\\" ? 2 : 1;
    this.#token.lastIndex = end + 1;
    const quoted = this.#text.slice(offset, end + 1);
    try {
      return JSON.parse(quoted) as string;
    } catch {
      return this.#fail(offset, `not a string: ${excerpt(quoted)}`);
    }
  }

  #punctuation(allowed: string): string {
    const { found, offset } = this.#next(`one of ${allowed}`);
    const sign = found[1] ?? "";
    if (sign !== "" && allowed.includes(sign)) return sign;
    return this.#fail(offset, `expected one of ${allowed}, found ${excerpt(found[0].trim())}`);
  }

  #array(depth: number): JsonNode[] {
    const items: JsonNode[] = [];
    for (;;) {
      const item = this.#read(depth, items.length === 0 ? "]" : "");
      if (item === null) return items;
      items.push(item);
      if (this.#punctuation(",]") === "]") return items;
    }
  }

  #object(depth: number): Map<string, JsonNode> {
    const members = new Map<string, JsonNode>();
    for (;;) {
      const key = this.#read(depth, members.size === 0 ? "}" : "");
      if (key === null) return members;
      if (typeof key.value !== "string") return this.#fail(key.offset, `expected a key${commaHint(key)}`);
      if (members.has(key.value)) return this.#fail(key.offset, `${excerpt(key.value)} comes twice`);
      this.#punctuation(":");
      members.set(key.value, this.#read(depth, "") as JsonNode);
      if (this.#punctuation(",}") === "}") return members;
    }
  }

  /** A value, or null when the sign `end` stands there instead. */
  #read(depth: number, end: string): JsonNode | null {
    const { found, offset } = this.#next("a value");
    const [, sign, quote, word] = found;
    if (sign !== undefined && sign === end) return null;
    const node = { offset, line: this.#lineAt(offset) };
    if (quote !== undefined) return { ...node, value: this.#string(offset) };
    if (word !== undefined) return { ...node, value: JSON.parse(word) as number | boolean | null };
    if (depth >= deepest) return this.#fail(offset, `more than ${deepest} levels`);
    if (sign === "[") return { ...node, value: this.#array(depth + 1) };
    if (sign === "{") return { ...node, value: this.#object(depth + 1) };
    return this.#fail(offset, `expected a value, found ${sign}`);
  }
}

/**
 * Reads JSON (RFC 8259) like `JSON.parse`, keeping the line of every value so that a reader of its structure can say
 * where something unexpected stands. A key that comes twice is an error.
 * @throws FormatError
 */
export const parseJsonLines = (text: string, source: string): JsonNode => new JsonReader(text, source).root();
