/**
 * What a script says in blocks: a line "@@name", then what follows it up to the next. What a login shell says before the
 * first one is not the script's.
 * @returns text by name, without white space at its ends
 */
export const blocksOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split(/^@@/m)
      .slice(1)
      .map((block) => {
        const newline = block.indexOf("\n");
        return [block.slice(0, newline), block.slice(newline + 1).trim()];
      }),
  );
