/** Something that a scenario asks for and cannot have. */
export interface Problem {
  /** Of the configuration. */
  key: string;
  /** What is asked for, and why it cannot be had. */
  found: string;
  allowed: string;
}

/** A problem as the line of a refusal. */
export const problemLine = ({ key, found, allowed }: Problem) => `${key}: ${found}; allowed: ${allowed}`;
