import type { Command } from "commander";
import type { PrintWords } from "../../report/print.ts";

export function register(program: Command): void {
  program
    .command("figures")
    .summary("figures as PDF or SVG at a journal's column width")
    .description(
      "Lays figures of a directory of runs out for a column, with all text at 6 points or more and the font in the file, and prints " +
        "the paths of the files. Names are those of the report.",
    )
    .argument("[directory]", "results directory", "results")
    .option("--figures <names>", "names with commas between; by default all that have data")
    .option("--format <kind>", "pdf, or svg with outlines in place of text", "pdf")
    .option("--width <mm>", "of the column: 60mm to 400mm", "88mm")
    .option("-o, --output <directory>", "where to write; by default the folder figures in the results directory")
    .action(async (directory: string, words: PrintWords) => {
      const { printFigures } = await import("../../report/print.ts");
      const { progress } = await import("../progress.ts");
      process.stdout.write(`${(await printFigures(directory, words, progress.say)).join("\n")}\n`);
    });
}
