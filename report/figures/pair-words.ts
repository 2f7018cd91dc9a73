import type { DriverPair } from "../../measure/analysis/driver-pairs.ts";
import { lostWords } from "../../measure/analysis/lost-deployments.ts";

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
