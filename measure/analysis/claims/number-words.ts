const words = [
  ...["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
  ...["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"],
];

/** A count in a sentence: "eight"; digits above twenty. */
export const numberWord = (count: number): string => words[count] ?? String(count);

/** The same at the beginning of a sentence. */
export const capitalised = (count: number): string => numberWord(count).replace(/^./, (letter) => letter.toUpperCase());
