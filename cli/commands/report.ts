import type { Command } from "commander";

interface Options {
  output?: string;
}

export function register(program: Command): void {
  program
    .command("report")
    .summary("every figure and table of the study as a page to explore")
    .description(
      "Reads a directory of runs as analyse does, and writes report.html, which needs no network, and each figure as SVG, PNG, " +
        "CSV and Vega-Lite specification into the folder figures beside it.",
    )
    .argument("[directory]", "results directory", "results")
    .option("-o, --output <directory>", "where to write; by default the folder report in the results directory")
    .action(async (directory: string, { output }: Options) => {
      const { writeReport } = await import("../../report/report.ts");
      const { progress } = await import("../progress.ts");
      const options = { say: progress.say, ...(output === undefined ? {} : { into: output }) };
      process.stdout.write(`${await writeReport(directory, options)}\n`);
    });
}
