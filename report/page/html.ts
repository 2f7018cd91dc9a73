/** A piece of HTML that is whole: only `html` makes one, and what it is given as text is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | null | false | readonly Part[];

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escapedText = (text: string) => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);

function textOf(part: Part): string {
  if (part === null || part === false) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(textOf).join("");
  return escapedText(String(part));
}

/** HTML with data in it: pieces that `html` made stand as they are, all other values are text, null and false are nothing. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.map((string, i) => `${string}${i < parts.length ? textOf(parts[i] ?? null) : ""}`).join(""));

/** Data for scripts of the page: JSON in which nothing ends the element that holds it. */
export const jsonIn = (id: string, data: unknown): Html =>
  new Html(
    `<script type="application/json" id="${escapedText(id)}">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script>`,
  );
