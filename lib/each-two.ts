/** Each two of some things, once, in their order: of a, b and c these are a b, a c and b c. */
export const eachTwo = <T>(all: readonly T[]): [T, T][] =>
  all.flatMap((first, index) => all.slice(index + 1).map((second): [T, T] => [first, second]));
