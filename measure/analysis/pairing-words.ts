import { counted } from "../../lib/counted.ts";
import type { Estimate } from "../statistics/interval.ts";
import type { Contrasts } from "./contrasts.ts";

/** Why a ratio of these deployments decides nothing: some of them have none. Null where all have one. @param counts of one side or two */
export function ratioShortage({ first, second }: { first: number; second?: number }): string | null {
  if (first + (second ?? 0) === 0) return null;
  const found =
    second === undefined ? `${counted(first, "deployment")} with` : `${first} and ${second} deployments have`;
  return `not enough data: ${found} a value of 0, which has no ratio`;
}

/** Why an estimate decides nothing where deployments of replicates have no value; null where it has an interval all the same. */
export const lostShortage = (unknown: number, n: number, estimate: Estimate | null): string | null =>
  unknown === 0 || estimate?.interval
    ? null
    : `not enough data: ${unknown} of ${counted(n + unknown, "replicate")} lost deployments, which could turn it`;

/** What pairs that were measured in the same VMs do not tell, as a sentence; null where there are none. */
export function withinWords({ pairs, within }: Pick<Contrasts, "pairs" | "within">): string | null {
  if (within === 0) return null;
  const which = within === pairs ? "" : `${within} of ${counted(pairs, "pair")} `;
  return `${which}within a deployment: what differs between deployments is not in it`;
}

/** How the values of a comparison came to be, as a sentence. */
export function pairingWords(contrasts: Contrasts): string {
  const { values, unknown, pairs, cells, unmatched, withoutValue, withoutRatio } = contrasts;
  const within = withinWords(contrasts);
  const lost = unknown === 0 ? "" : `; ${counted(unknown, "replicate")} more lost deployments`;
  const zeros =
    ratioShortage(withoutRatio) === null
      ? ""
      : `, with 0, which has no ratio, ${withoutRatio.first} and ${withoutRatio.second}`;
  return (
    "a scenario of a replicate is one value, the median of its runs; a pair is two of equal cell and replicate; " +
    `a replicate is one number, the mean of its cells (of ratios the geometric): ${counted(values.length, "replicate")}, ${counted(cells, "cell")}, ${counted(pairs, "pair")}; ` +
    `without a partner ${unmatched.first} and ${unmatched.second}, without a value ${withoutValue.first} and ${withoutValue.second}${zeros}${lost}${within === null ? "" : `; ${within}`}`
  );
}
