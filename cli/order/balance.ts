/** What an order favours, as it really is and not as it was meant. */
export interface OrderBalance {
  /** Each treatment stands equally often at each place. */
  places: boolean;
  /** Each treatment follows each other equally often. */
  neighbours: boolean;
}

const counts = (keys: readonly string[]) =>
  new Map([...Map.groupBy(keys, (key) => key)].map(([k, v]) => [k, v.length]));
const areEqual = (found: ReadonlyMap<string, number>, kinds: number) =>
  found.size === kinds && new Set(found.values()).size <= 1;

/**
 * Looks at the order of all blocks.
 * @param blocks a row a block, each with the treatments in their order
 */
export function balanceOf(blocks: readonly (readonly string[])[]): OrderBalance {
  const treatments = new Set(blocks.flat()).size;
  const places = counts(blocks.flatMap((row) => row.map((treatment, place) => JSON.stringify([treatment, place]))));
  const neighbours = counts(
    blocks.flatMap((row) => row.slice(1).map((treatment, before) => JSON.stringify([row[before], treatment]))),
  );
  return {
    places: areEqual(places, treatments * treatments),
    neighbours: areEqual(neighbours, treatments * (treatments - 1)),
  };
}
