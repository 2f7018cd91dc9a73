import type { DriverPair } from "../../measure/analysis/driver-pairs.ts";
import { lostWords } from "../../measure/analysis/lost-deployments.ts";
import { digits } from "../../measure/analysis/print/table.ts";

/** An interval with as many digits as it takes to see on which side of "no difference" its ends are. */
export function tellingInterval({ low, high }: { low: number; high: number }, equal: number): string {
  const shownBy = (count: number) => [low, high].map((end) => digits(end, count));
  const isMistaken = (texts: readonly (string | null)[]) =>
    texts.some((text, i) => Number(text) === equal && [low, high][i] !== equal);
  let count = 3;
  while (isMistaken(shownBy(count)) && count < 12) count++;
  return shownBy(count).join(" … ");
}

/** Deployments of a pair without a value, in words; nothing where all have one. */
export function lostOfPair({ first, second, comparison }: DriverPair): string | null {
  const lost = comparison?.lost;
  return (
    (lost &&
      lostWords([
        { arm: first, ...lost.first },
        { arm: second, ...lost.second },
      ])) ??
    null
  );
}
