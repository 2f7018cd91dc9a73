import { LabError } from "../../lib/errors.ts";

/** A stream of pseudo-random numbers that a seed determines wholly, on every machine. */
export interface Random {
  /** The next 32 bits, as an integer of 0 … 2^32 - 1. */
  bits(): number;
  /** The next number of [0, 1), a multiple of 2^-53. */
  uniform(): number;
  /** The next integer of 0 … n - 1, each with equal probability; n at most 2^32. */
  below(n: number): number;
}

const WORD = 0xffffffffffffffffn;

/** Splitmix64 (S. Vigna, public domain): spreads a seed over as many 64-bit words as are asked for. */
function splitmix64(seed: bigint): () => bigint {
  let state = seed & WORD;
  return () => {
    state = (state + 0x9e3779b97f4a7c15n) & WORD;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & WORD;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & WORD;
    return z ^ (z >> 31n);
  };
}

/**
 * The generator xoshiro128** 1.1 (D. Blackman and S. Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47
 * (2021), article 36), its four 32-bit words filled from the seed by splitmix64, low half first. A number is drawn from two
 * outputs: the upper 27 bits of the first above the upper 26 of the second.
 *
 * @param seed an integer of 0 … 2^53 - 1
 * @throws LabError for another seed
 */
export function seededRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new LabError(`a seed is an integer of 0 … 2^53 - 1, not ${seed}`);
  const word = splitmix64(BigInt(seed));
  const [first, second] = [word(), word()];
  const half = (value: bigint, shift: bigint) => Number((value >> shift) & 0xffffffffn) | 0;
  let [a, b, c, d] = [half(first, 0n), half(first, 32n), half(second, 0n), half(second, 32n)];
  const rotate = (x: number, by: number) => (x << by) | (x >>> (32 - by));

  const bits = () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
  const uniform = () => ((bits() >>> 5) * 0x4000000 + (bits() >>> 6)) / 0x20000000000000;
  const below = (n: number) => {
    // Draws at or above the largest multiple of n are thrown away, else the low results would come up more often.
    const limit = 0x100000000 - (0x100000000 % n);
    for (;;) {
      const value = bits();
      if (value < limit) return value % n;
    }
  };
  return { bits, uniform, below };
}
