/**
 * The order in which each replicate deploys its treatments: rows of Latin squares, so that in every full square each
 * treatment stands once at each place and slow drift of the machine favours none. Every second square is the mirror
 * of the one before, so that over two squares no treatment follows the same neighbour always.
 * @param treatments what is compared, no two alike
 * @param replicates number of rows wanted; only multiples of the number of treatments are balanced
 */
export function latinSquareOrder<T>(treatments: readonly T[], replicates: number): T[][] {
  const size = treatments.length;
  return Array.from({ length: replicates }, (_, row) => {
    const shift = row % size;
    const rotated = [...treatments.slice(shift), ...treatments.slice(0, shift)];
    return Math.floor(row / size) % 2 === 0 ? rotated : rotated.reverse();
  });
}
