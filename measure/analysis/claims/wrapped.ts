const width = 120;

function wrap(text: string, hanging: string): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(line === undefined ? word : `${hanging}${word}`);
  }
  return lines.join("\n");
}

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
    .map((block) => (/^[#|]/.test(block) ? block : wrap(block, block.startsWith("- ") ? "  " : "")))
    .join("\n");
}
