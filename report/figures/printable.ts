/** Whether XML 1.0 (section 2.2) has such a character: an SVG with any other is none. */
const isOfXml = (code: number) =>
  [0x9, 0xa, 0xd].includes(code) ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  code >= 0x10000;

const printableText = (text: string): string =>
  [...text].map((character) => (isOfXml(character.codePointAt(0) ?? 0) ? character : "\ufffd")).join("");

/** The same with a mark (U+FFFD) for each character of its texts that a picture cannot have, as names of folders may. */
export function printable<T>(value: T): T {
  if (typeof value === "string") return printableText(value) as T;
  if (Array.isArray(value)) return value.map(printable) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, printable(member)])) as T;
}
