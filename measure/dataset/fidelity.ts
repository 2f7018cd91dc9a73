import { LabError } from "../../lib/errors.ts";

/** The one fidelity of all. @throws LabError (exit code 2) when there are several */
export function onlyFidelity(all: readonly string[], where: string): string {
  const [first, ...others] = new Set(all);
  if (first === undefined) throw new LabError(`${where}: there are no runs`);
  if (others.length > 0)
    throw new LabError(
      `${where}: runs of ${[first, ...others].join(" and ")} servers are not mixed; give them one directory each`,
      { exitCode: 2 },
    );
  return first;
}
