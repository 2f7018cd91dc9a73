import { LabError } from "../../lib/errors.ts";
import { analyse } from "./analyse.ts";
import { analysisTables, remarks } from "./print/analysis.ts";
import { analysisCsv } from "./print/csv.ts";
import { asMarkdown, asText } from "./print/table.ts";
import { analysisUnit } from "./unit.ts";

/** Options of `./lab analyse` as they are given. */
export interface AnalyseWords {
  pairs?: string;
  rebuild?: true;
  json?: true;
  csv?: true;
  markdown?: true;
}

/** @throws LabError (exit code 2) for more than one form of output */
export function requireOneForm(words: { json?: true; csv?: true; markdown?: true }): void {
  const asked = (["json", "csv", "markdown"] as const).filter((form) => words[form]);
  if (asked.length > 1)
    throw new LabError(`${asked.map((form) => `--${form}`).join(" and ")} exclude each other; choose one`, {
      exitCode: 2,
    });
}

/**
 * `./lab analyse`: what it prints.
 * @param say tells what is being done
 */
export async function analyseCommand(
  directory: string,
  words: AnalyseWords,
  say: (line: string) => void,
): Promise<string> {
  requireOneForm(words);
  const unit = analysisUnit(words.pairs);
  const analysis = await analyse(directory, { unit, rebuild: words.rebuild ?? false, say });
  if (words.json) return JSON.stringify(analysis, null, 2);
  if (words.csv) return analysisCsv(analysis);
  const { tables, claims, claimLines } = analysisTables(analysis);
  const notes = remarks(analysis);
  if (words.markdown)
    return [
      `# ${directory}`,
      ...[...tables, claims].map(asMarkdown),
      ...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join("\n")] : []),
    ].join("\n\n");
  return [claimLines, ...(notes.length > 0 ? [notes.join("\n")] : []), ...tables.map(asText)].join("\n\n");
}
