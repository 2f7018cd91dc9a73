import type { Command } from "commander";

interface Options {
  alternative?: string;
  method?: string;
  correction?: true;
  zeroMethod?: string;
  variant?: string;
  json?: true;
}

/** A line a value; what has values of its own is indented below its name. */
function lines(value: object, indent = ""): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? [`${indent}${key}:`, ...lines(inner, `${indent}  `)]
      : [`${indent}${key}: ${Array.isArray(inner) ? inner.join(", ") : String(inner)}`],
  );
}

export function register(program: Command): void {
  program
    .command("stats")
    .summary("a rank test of a two-column CSV file")
    .description("One test of a two-column CSV file with a header, by SciPy's definitions of the tests.")
    .argument("<test>", "wilcoxon, mannwhitney or kendall")
    .argument("<file>", "CSV file: a header, then a pair of numbers a line")
    .option("--alternative <side>", "two-sided, less or greater", "two-sided")
    .option("--method <method>", "auto, exact or asymptotic; auto is exact up to 50 pairs without ties", "auto")
    .option("--correction", "continuity correction (wilcoxon and mannwhitney)")
    .option("--zero-method <method>", "what becomes of equal pairs (wilcoxon): wilcox, pratt or zsplit")
    .option("--variant <variant>", "b or c (kendall)")
    .option("--json", "print the result as JSON")
    .action(async (test: string, file: string, { json, ...options }: Options) => {
      const { statsCommand } = await import("../../measure/statistics/command.ts");
      const report = await statsCommand(test, file, options);
      process.stdout.write(`${json ? JSON.stringify(report, null, 2) : lines(report).join("\n")}\n`);
    });
}
