import { LabError } from "../../lib/errors.ts";

/** The alternative hypotheses of every test here, about the first sample against the second. */
export const ALTERNATIVES = ["two-sided", "less", "greater"] as const;
export type Alternative = (typeof ALTERNATIVES)[number];

/** How a p-value is found: from the exact null distribution, from its normal limit, or whichever suits the data. */
export const METHODS = ["auto", "exact", "asymptotic"] as const;
export type Method = (typeof METHODS)[number];
export type ResolvedMethod = Exclude<Method, "auto">;

/** What the signed-rank test does with pairs that do not differ. */
export const ZERO_METHODS = ["wilcox", "pratt", "zsplit"] as const;
export type ZeroMethod = (typeof ZERO_METHODS)[number];

/** Kendall's tau for square (b) or rectangular (c) tables of ranks. */
export const KENDALL_VARIANTS = ["b", "c"] as const;
export type KendallVariant = (typeof KENDALL_VARIANTS)[number];

/** `auto` takes the exact distribution up to this many pairs (or values in the larger sample). */
export const AUTO_EXACT_LIMIT = 50;

/**
 * The method that `auto` stands for: exact when there are at most 50 pairs, no ties and no zeros.
 * A method that was asked for by name is returned unchanged.
 */
export function resolveMethod(method: Method, n: number, tiedOrZero: boolean): ResolvedMethod {
  if (method !== "auto") return method;
  return n <= AUTO_EXACT_LIMIT && !tiedOrZero ? "exact" : "asymptotic";
}

/**
 * One of the allowed words, or a LabError (exit code 2) naming the option, the value and what is allowed.
 */
export function oneOf<const T extends string>(allowed: readonly T[], value: string, option: string): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new LabError(`${option} ${JSON.stringify(value)} is not known; choose one of: ${allowed.join(", ")}`, {
      exitCode: 2,
    });
  }
  return found;
}
