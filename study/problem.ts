/** A value of a configuration that cannot be had. */
export interface Problem {
  /** As "hosts.sender.pfs.0.vfs". */
  key: string;
  /** Undefined where it is missing. */
  value: unknown;
  /** The value in words, and why it cannot be had. */
  found: string;
  allowed: string;
  /** The keys that there are, where this one is unknown. */
  knownKeys?: readonly string[];
}

/** A problem as the line of a refusal. */
export function problemLine({ key, found, allowed, knownKeys }: Problem): string {
  const wrong = `${key}: ${found}`;
  if (knownKeys === undefined) return `${wrong}; allowed: ${allowed}`;
  return knownKeys.length === 0 ? wrong : `${wrong}; known keys here: ${allowed}`;
}

/** Problems without those that read the same. */
export const distinctProblems = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [problemLine(problem), problem])).values(),
];
