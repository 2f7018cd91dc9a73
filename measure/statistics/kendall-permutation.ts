/** Up to so many pairs with ties p is counted over all ways to put the values side by side. */
export const KENDALL_PERMUTATION_LIMIT = 12;

/** How often each value comes, in ascending order of the values. */
function countsOf(values: ArrayLike<number>): number[] {
  const groups = Map.groupBy(
    [...Array.from(values)].sort((a, b) => a - b),
    (value) => value,
  );
  return [...groups.values()].map((group) => group.length);
}

/** n over k, exactly: n is at most 12. */
function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return ways;
}

/**
 * Goes through all ways to take `size` of what is left, as numbers of each value.
 * @param use gets what is taken, in an array that changes afterwards, and in how many ways single values of y make it up
 */
function eachTaking(
  left: readonly number[],
  size: number,
  use: (taken: readonly number[], ways: number) => void,
): void {
  const taken = left.map(() => 0);
  const below = left.map((_, i) => left.slice(i).reduce((sum, number) => sum + number, 0));
  const visit = (i: number, rest: number, ways: number) => {
    if (i === left.length) {
      use(taken, ways);
      return;
    }
    const fewest = Math.max(0, rest - ((below[i] ?? 0) - (left[i] ?? 0)));
    for (let number = fewest; number <= Math.min(left[i] ?? 0, rest); number++) {
      taken[i] = number;
      visit(i + 1, rest - number, ways * choose(left[i] ?? 0, number));
    }
    taken[i] = 0;
  };
  visit(0, size, 1);
}

/** Concordant less discordant pairs between what was taken, of the smaller x, and what is left for the larger ones. */
function excessOf(taken: readonly number[], left: readonly number[]): number {
  let [excess, leftBelow, takenBelow] = [0, 0, 0];
  for (const [i, number] of taken.entries()) {
    const rest = (left[i] ?? 0) - number;
    excess += rest * takenBelow - number * leftBelow;
    leftBelow += rest;
    takenBelow += number;
  }
  return excess;
}

/**
 * In how many of the n! ways to put the values of y beside those of x each excess of concordant over discordant pairs comes, which tau-b
 * and tau-c are multiples of: the permutation distribution, exact with ties in both (M. G. Kendall, "Rank Correlation Methods", 4th ed.
 * (1970), chapter 5). Goes through x from its smallest value on, and keeps what is left of y.
 * @param x, y of equal length, up to twelve
 */
export function excessDistribution(x: ArrayLike<number>, y: ArrayLike<number>): ReadonlyMap<number, number> {
  const most = (x.length * (x.length - 1)) / 2;
  const nothing = () => new Float64Array(2 * most + 1);
  let states = new Map([["", { left: countsOf(y), ways: nothing().fill(1, most, most + 1) }]]);
  for (const size of countsOf(x)) {
    const next: typeof states = new Map();
    for (const { left, ways } of states.values())
      eachTaking(left, size, (taken, factor) => {
        const rest = left.map((number, i) => number - (taken[i] ?? 0));
        const key = rest.join(" ");
        const state = next.get(key) ?? { left: rest, ways: nothing() };
        next.set(key, state);
        const excess = excessOf(taken, left);
        for (const [i, count] of ways.entries())
          if (count > 0) state.ways[i + excess] = (state.ways[i + excess] ?? 0) + count * factor;
      });
    states = next;
  }
  const [end] = states.values();
  return new Map([...(end?.ways ?? [])].flatMap((count, i) => (count > 0 ? [[i - most, count] as const] : [])));
}
