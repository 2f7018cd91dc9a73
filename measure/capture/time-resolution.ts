/** Turns the 64-bit stamps of one pcapng interface into seconds and nanoseconds. */
export class TimeResolution {
  /** Of the last `convert`. */
  seconds = 0;
  nanos = 0;
  readonly #unitsPerSecond: bigint;
  /** The same as a number where the quick way is exact, else 0. */
  readonly #quick: number;
  readonly #nanosPerUnit: number;
  readonly #offset: bigint;

  /**
   * @param resolution if_tsresol: the negative power of 10, or of 2 with the highest bit set, of a second
   * @param offset if_tsoffset: seconds to add
   */
  constructor(resolution = 6, offset = 0n) {
    this.#unitsPerSecond = resolution & 0x80 ? 1n << BigInt(resolution & 0x7f) : 10n ** BigInt(resolution);
    const exact = resolution <= 9 && resolution >= 3 && offset === 0n;
    this.#quick = exact ? Number(this.#unitsPerSecond) : 0;
    this.#nanosPerUnit = exact ? 1e9 / this.#quick : 0;
    this.#offset = offset;
  }

  /**
   * Takes a stamp as its upper and lower 32 bits; what is finer than a nanosecond is cut off.
   * @returns false for a stamp whose seconds no double holds, some 285 million years away: it is damage, and no time
   */
  convert(high: number, low: number): boolean {
    const quick = this.#quick;
    if (quick === 0) {
      this.#convertAny((BigInt(high) << 32n) | BigInt(low));
      return Number.isSafeInteger(this.seconds);
    }
    // The quotient of the rounded 64-bit number is right to within one. The remainder fits 32 bits, in which it is
    // exact, and corrects it.
    let seconds = Math.floor((high * 0x1_0000_0000 + low) / quick);
    let units = (low - Math.imul(seconds, quick)) | 0;
    if (units < 0) {
      seconds--;
      units += quick;
    } else if (units >= quick) {
      seconds++;
      units -= quick;
    }
    this.seconds = seconds;
    this.nanos = units * this.#nanosPerUnit;
    return Number.isSafeInteger(seconds);
  }

  #convertAny(stamp: bigint): void {
    const seconds = stamp / this.#unitsPerSecond;
    this.seconds = Number(seconds + this.#offset);
    this.nanos = Number(((stamp - seconds * this.#unitsPerSecond) * 1_000_000_000n) / this.#unitsPerSecond);
  }
}
