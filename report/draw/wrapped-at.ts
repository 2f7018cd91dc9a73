import { type TextItem, textWidth } from "./text-width.ts";

/** A text in lines of at most this many pixels; a word that is wider has a line of its own. */
export function wrappedAt(text: string, pixels: number, style: TextItem = { fontSize: 12 }): string[] {
  const lines: string[] = [];
  let line = "";
  // A rate stays with its unit.
  for (const word of text.split(/ (?![kM]?pps\b)/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && textWidth(longer, style) > pixels) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
