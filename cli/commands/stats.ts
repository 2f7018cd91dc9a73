import type { Command } from "commander";

interface Options {
  alternative?: string;
  method?: string;
  correction?: true;
  zeroMethod?: string;
  variant?: string;
  json?: true;
}

export function register(program: Command): void {
  program
    .command("stats")
    .summary("a rank test of a two-column CSV file")
    .description("One test of a two-column CSV file with a header, by SciPy's definitions of the tests.")
    .argument("<test>", "wilcoxon, mannwhitney or kendall")
    .argument("<file>", "CSV file: a header, then a pair of numbers a line")
    .option("--alternative <side>", "two-sided, less or greater", "two-sided")
    .option(
      "--method <method>",
      "auto, exact or asymptotic; auto is exact up to 50 pairs without ties, and for small samples with them",
      "auto",
    )
    .option("--correction", "continuity correction (wilcoxon and mannwhitney)")
    .option("--zero-method <method>", "what becomes of equal pairs (wilcoxon): wilcox, pratt or zsplit")
    .option("--variant <variant>", "b or c (kendall)")
    .option("--json", "the result is JSON anyway; accepted for scripts that ask for it everywhere")
    .action(async (test: string, file: string, { json: _json, ...options }: Options) => {
      const { statsCommand } = await import("../../measure/statistics/command.ts");
      const report = await statsCommand(test, file, options);
      process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    });
}
