import { isAbsolute, join } from "node:path";
import { ownerOf } from "../../infra/owner.ts";
import { checkout } from "../../lib/paths.ts";
import { differenceText } from "../../measure/results/conditions.ts";
import { type Refusal, refusalsSince } from "../../measure/results/refusal.ts";

/** What the program makes of a stack's `resultsDirectory`. */
const resultsIn = (directory: string) => (isAbsolute(directory) ? directory : join(checkout, directory));

/** What differed in refusals, a line each. */
export const differencesIn = (refusals: readonly Pick<Refusal, "differences">[]): string[] =>
  refusals.flatMap(({ differences }) => differences.map(differenceText));

/**
 * Which of a stack's runs were refused since `since`, where an `up` makes anew all that differed; none where it does not, or where
 * no run was refused: a stack that failed for another reason is left as it is.
 * @param resultsDirectory as the stack's configuration has it; undefined where that cannot be read
 */
export function mendableRefusals(stack: string, resultsDirectory: string | undefined, since: Date): Refusal[] {
  if (resultsDirectory === undefined) return [];
  const name = stack.slice(stack.lastIndexOf("/") + 1);
  const refusals = refusalsSince(resultsIn(resultsDirectory), ownerOf(name, checkout), since);
  const isMendable = refusals.every(({ differences }) => differences.every(({ mend }) => mend === null));
  return isMendable ? refusals : [];
}

/** What is said before a stack is deployed once more because of refusals. */
export const mendingText = (refusals: readonly Refusal[]): string =>
  `the servers were not as they were deployed; up is run once more, which makes anew what differs:\n${differencesIn(
    refusals,
  )
    .map((line) => `  ${line}`)
    .join("\n")}`;
