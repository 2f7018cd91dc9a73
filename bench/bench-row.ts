/** One line of a benchmark's table. */
export interface BenchRow {
  what: string;
  value: string;
  /** Against the others that ran beside it. */
  ratios?: string;
}
