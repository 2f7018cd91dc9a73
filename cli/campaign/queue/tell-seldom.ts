/** Tells a line, and the same line again only after so many milliseconds: what is tried each second fails each second. */
export function tellSeldom(say: (line: string) => void, everyMs = 300_000, now = Date.now): (line: string) => void {
  const told = new Map<string, number>();
  return (line) => {
    if (now() - (told.get(line) ?? Number.NEGATIVE_INFINITY) < everyMs) return;
    told.set(line, now());
    say(line);
  };
}
