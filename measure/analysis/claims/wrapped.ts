import { wrapWords } from "../../../lib/wrap.ts";

/** Markdown with its paragraphs and list items broken at 120 characters; headings and tables stay as they are. */
export function wrapped(markdown: string): string {
  const blocks: string[] = [];
  for (const line of markdown.split("\n")) {
    const previous = blocks.at(-1);
    const continues =
      previous !== undefined && previous !== "" && line !== "" && !/^[-#|]/.test(line) && !/^[#|]/.test(previous);
    if (continues) blocks[blocks.length - 1] = `${previous} ${line.trim()}`;
    else blocks.push(line);
  }
  return blocks
    .map((block) => (/^[#|]/.test(block) ? block : wrapWords(block.split(/\s+/), block.startsWith("- ") ? "  " : "")))
    .join("\n");
}
