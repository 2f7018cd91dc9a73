import type { Command } from "commander";
import type { CompareWords } from "../../measure/analysis/compare/command.ts";
import { pairsOption } from "../pairs-option.ts";

interface Options extends CompareWords {
  results: string;
}

export function register(program: Command): void {
  program
    .command("compare")
    .summary("two drivers, scenarios, stacks or results directories side by side")
    .description(
      "Compares two sides measure by measure: medians, ratio (CPU usage: difference) with its interval over deployments, effect size, p, and a verdict in words.\n" +
        "A side is a directory of runs, a stack (its latest runs), or, among the results, a scenario's name or hash (or its " +
        "start), or a driver: ./lab compare virtio-bridge macvtap-passthrough",
    )
    .argument("<a>", "one side")
    .argument("<b>", "the other")
    .option("--results <directory>", "where scenarios and drivers are looked up", "results")
    .option(...pairsOption)
    .option("--json", "print all of it as JSON")
    .option("--csv", "print the table as CSV")
    .option("--markdown", "print the table as Markdown")
    .action(async (a: string, b: string, { results, ...words }: Options) => {
      const { compareCommand } = await import("../../measure/analysis/compare/command.ts");
      const { progress } = await import("../progress.ts");
      const { latestRuns } = await import("../stack/latest-runs.ts");
      const options = { results, runsOfStack: latestRuns, say: progress.say };
      process.stdout.write(`${await compareCommand(a, b, words, options)}\n`);
    });
}
