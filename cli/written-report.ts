import { messageOf } from "../lib/errors.ts";
import type { Progress } from "../lib/progress.ts";

/**
 * Writes the report of a results directory and names it. What was measured is there without it, so a failure is told and nothing more.
 * @param write what writes it, and gives its path
 */
export async function tellReport(
  directory: string,
  progress: Pick<Progress, "say">,
  write: (directory: string) => Promise<string> = async (measured) =>
    (await import("../report/report.ts")).writeReport(measured),
): Promise<void> {
  try {
    progress.say(`report: ${await write(directory)}`);
  } catch (error) {
    progress.say(`the report could not be written (${messageOf(error)}); try again with ./lab report ${directory}`);
  }
}
