/** Takes the bytes of a capture apart, in pieces as they come. */
export interface Walker {
  /** Bytes needed to go on when the piece at hand was not enough; grows for long blocks. */
  readonly wanted: number;
  /**
   * Reads the whole records among the first `end` bytes of a piece.
   * @param base offset of the piece in the file
   * @returns bytes used up; the rest is given again, with more behind it
   * @throws FormatError when the bytes are no records
   */
  walk(view: DataView, end: number, base: number): number;
  /** At the end of the file: what is wrong with the `rest` bytes that no record could be made of, at `offset`. */
  cut(view: DataView, rest: number, offset: number): string;
}
