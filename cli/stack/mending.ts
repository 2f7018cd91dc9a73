import { resolve } from "node:path";
import { ownerOf } from "../../infra/owner.ts";
import { LabError } from "../../lib/errors.ts";
import { checkout } from "../../lib/paths.ts";
import { differenceText } from "../../measure/results/conditions.ts";
import { type Refusal, refusalsSince } from "../../measure/results/refusal.ts";

/** What differed in refusals, a line each. */
export const differencesIn = (refusals: readonly Pick<Refusal, "differences">[]): string[] =>
  refusals.flatMap(({ differences }) => differences.map(differenceText));

/** Runs were refused for what is not made anew unasked: another `up` would change the servers, or be refused again. */
export class NeedsUserError extends LabError {}

/**
 * Which of a stack's runs were refused since `since`, where another `up` makes anew all that differed; none where no run was refused: a
 * stack that failed for another reason is left as it is.
 * @param resultsDirectory as the stack's configuration has it; undefined where that cannot be read
 * @throws NeedsUserError where some of it is not made anew unasked, with all that differs
 */
export function mendableRefusals(stack: string, resultsDirectory: string | undefined, since: Date): Refusal[] {
  if (resultsDirectory === undefined) return [];
  const name = stack.slice(stack.lastIndexOf("/") + 1);
  const refusals = refusalsSince(resolve(checkout, resultsDirectory), ownerOf(name, checkout), since);
  if (refusals.some(({ differences }) => differences.some(({ mend }) => mend !== null)))
    throw new NeedsUserError(
      `the servers are not as they were deployed, and not all of it is made anew unasked:\n${linesOf(refusals)}`,
    );
  return refusals;
}

const linesOf = (refusals: readonly Refusal[]) =>
  differencesIn(refusals)
    .map((line) => `  ${line}`)
    .join("\n");

/** What is said before a stack is deployed once more because of refusals. */
export const mendingText = (refusals: readonly Refusal[]): string =>
  `the servers were not as they were deployed; up is run once more, which makes anew what differs:\n${linesOf(refusals)}`;

/**
 * Deploys a stack, and once more where a run was refused because of what another `up` makes anew.
 * @param place the stack, where its runs are published, and what asks for an end
 * @param up deploys it, and throws where it fails
 * @param tell is given the refusals before the second time
 * @throws what `up` throws, the second time's where it was run twice; the reason of an end that was asked for; as mendableRefusals
 */
export async function mendingOnce<T>(
  { stack, resultsDirectory, asked }: { stack: string; resultsDirectory: string | undefined; asked: AbortSignal },
  up: () => Promise<T>,
  tell: (refusals: readonly Refusal[]) => void,
): Promise<T> {
  const begun = new Date();
  try {
    return await up();
  } catch (error) {
    asked.throwIfAborted();
    const refusals = mendableRefusals(stack, resultsDirectory, begun);
    if (refusals.length === 0) throw error;
    tell(refusals);
  }
  const again = new Date();
  return up().catch((error: unknown) => {
    asked.throwIfAborted();
    // What needs the user may have come meanwhile.
    mendableRefusals(stack, resultsDirectory, again);
    throw error;
  });
}
