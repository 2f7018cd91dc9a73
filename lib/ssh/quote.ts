const quotable = /^[\w@%+=:,./-]+$/;

/** A word as one argument of a POSIX shell. */
export const shellQuote = (word: string) => (quotable.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
