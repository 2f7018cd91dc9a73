import { rankWithPayload } from "./sorting.ts";

/** How the values of one sample are tied; sums run over groups of t equal values. */
interface TieCounts {
  distinct: number;
  /** Tied pairs: sum of t(t-1)/2. */
  pairs: number;
  /** Sum of t(t-1)(t-2). */
  triples: number;
  /** Sum of t(t-1)(2t+5). */
  spread: number;
}

export interface Discordance {
  /** Pairs of observations that x and y order oppositely. */
  discordant: number;
  tiesX: TieCounts;
  tiesY: TieCounts;
  /** Pairs tied in x and in y. */
  jointTies: number;
}

/**
 * Counts discordant and tied pairs of two samples of one length in O(n log n): order by (x, y), then count for each
 * observation the earlier ones of larger y with a binary indexed tree over the ranks of y (P. M. Fenwick, Software: Practice and
 * Experience 24 (1994), 327-336). Observations of one x stand in order of y and so add nothing.
 *
 * @param x finite values without -0, like y
 */
export function countDiscordance(x: Float64Array, y: Float64Array): Discordance {
  const n = x.length;
  const indices = new Uint32Array(n);
  for (let i = 0; i < n; i++) indices[i] = i;
  const byY = rankWithPayload(y, indices);
  const xInOrderOfY = new Float64Array(n);
  for (let i = 0; i < n; i++) xInOrderOfY[i] = x[byY.payload[i]!]!;
  // Being stable, the second sort leaves equal x in order of y; the rank of y is all that is still needed of y.
  const byX = rankWithPayload(xInOrderOfY, byY.ranks);
  return {
    discordant: inversions(byX.payload, n === 0 ? 0 : byY.ranks[n - 1]!),
    tiesX: countTies(byX.ranks),
    tiesY: countTies(byY.ranks),
    jointTies: tiedPairs(byX.ranks, byX.payload),
  };
}

/** How many pairs of ranks 1 … `highest` stand with the larger one first. */
function inversions(ranks: Uint32Array, highest: number): number {
  const tree = new Uint32Array(highest + 1);
  let count = 0;
  for (let i = 0; i < ranks.length; i++) {
    const rank = ranks[i]!;
    let notAbove = 0;
    for (let node = rank; node > 0; node &= node - 1) notAbove += tree[node]!;
    count += i - notAbove;
    for (let node = rank; node <= highest; node += node & -node) tree[node]!++;
  }
  return count;
}

function countTies(sorted: Uint32Array): TieCounts {
  const counts: TieCounts = { distinct: 0, pairs: 0, triples: 0, spread: 0 };
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    const t = to - from;
    counts.distinct++;
    counts.pairs += (t * (t - 1)) / 2;
    counts.triples += t * (t - 1) * (t - 2);
    counts.spread += t * (t - 1) * (2 * t + 5);
    from = to;
  }
  return counts;
}

/** Pairs that are equal in both of two sequences, sorted by the first and then by the second. */
function tiedPairs(first: Uint32Array, second: Uint32Array): number {
  let pairs = 0;
  let run = 0;
  for (let i = 1; i < first.length; i++) {
    run = first[i] === first[i - 1] && second[i] === second[i - 1] ? run + 1 : 0;
    pairs += run;
  }
  return pairs;
}
