import type { Command } from "commander";
import type { AnalyseWords } from "../../measure/analysis/command.ts";
import { pairsOption } from "../pairs-option.ts";

export function register(program: Command): void {
  program
    .command("analyse")
    .summary("metrics, statistics and the paper's claims from measured runs")
    .description(
      "Reads a directory of runs, brings the Parquet tables in its folder dataset up to date, and prints the metrics of every " +
        "scenario, the paper's Table 3 and Figure 21, and whether its claims hold.",
    )
    .argument("[directory]", "results directory", "results")
    .option(...pairsOption)
    .option("--rebuild", "derive everything anew from the raw files")
    .option("--json", "print all of it as JSON")
    .option("--csv", "print all of it as CSV, a line a finding")
    .option("--markdown", "print it as Markdown")
    .action(async (directory: string, words: AnalyseWords) => {
      const { analyseCommand } = await import("../../measure/analysis/command.ts");
      const { progress } = await import("../progress.ts");
      process.stdout.write(`${await analyseCommand(directory, words, progress.say)}\n`);
    });
}
