/** Characters that XML 1.0 (section 2.2) does not have: an SVG with one of them is none. */
const notOfXml = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** The same with a mark (U+FFFD) for each character of its texts that a picture cannot have, as names of folders may. */
export function printable<T>(value: T): T {
  if (typeof value === "string") return value.replaceAll(notOfXml, "\ufffd") as T;
  if (Array.isArray(value)) return value.map(printable) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, printable(member)])) as T;
}
