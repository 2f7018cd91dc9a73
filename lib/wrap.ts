/** How wide a line of a page is, in characters. */
const pageWidth = 120;

/** Words in lines that are no wider than the page, a wider word alone. @param hanging what those after the first begin with */
export function wrapWords(words: readonly string[], hanging: string): string {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= pageWidth) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(line === undefined ? word : `${hanging}${word}`);
  }
  return lines.join("\n");
}
