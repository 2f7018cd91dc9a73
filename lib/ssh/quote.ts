const quotable = /^[\w@%+=:,./-]+$/;

/** A word as one argument of a POSIX shell. */
export const shellQuote = (word: string) => (quotable.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** Variables as a script begins with them, a line each. */
export const shellVariables = (variables: Readonly<Record<string, string | number>>) =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${shellQuote(String(value))}`)
    .join("\n");
