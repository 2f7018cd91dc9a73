/** The distribution of a statistic of whole numbers from 0 to `max` that is symmetric about max / 2. */
export class SymmetricDistribution {
  /** The largest value of the statistic. */
  readonly max: number;
  readonly #cumulative: Float64Array;

  /** @param cumulative P(X <= k) for each k of the lower half, 0 to floor(max / 2) */
  constructor(max: number, cumulative: Float64Array) {
    this.max = max;
    this.#cumulative = cumulative;
  }

  /** P(X <= k) for an integer k. */
  cdf(k: number): number {
    if (k < 0) return 0;
    if (k >= this.max) return 1;
    return k < this.#cumulative.length ? this.#cumulative[k]! : 1 - this.cdf(this.max - k - 1);
  }

  /** P(X >= k) for an integer k: the mass at k is part of it, as a p-value wants. */
  sf(k: number): number {
    return this.cdf(this.max - k);
  }

  /** The largest integer k with P(X <= k) <= p, or -1 where even P(X <= 0) is larger; p below 1/2. */
  lowerQuantile(p: number): number {
    let k = -1;
    while (k + 1 < this.#cumulative.length && this.#cumulative[k + 1]! <= p) k++;
    return k;
  }
}
