import type { Command } from "commander";

export function register(program: Command): void {
  program
    .command("diff")
    .summary("what differs between two stacks' scenarios, and what changing one into the other touches")
    .description(
      "Prints the factors that differ between two stacks, and what of a deployed testbed is made, made anew and removed when " +
        "the first is changed into the second. Nothing is deployed and no server is asked.",
    )
    .argument("<a>", "name of a stack, for example sender")
    .argument("<b>", "name of another")
    .option("--json", "print it as JSON")
    .action(async (a: string, b: string, { json }: { json?: true }) => {
      const [{ diffScenarios }, { diffText }, { requireStackConfig }, { checkout }] = await Promise.all([
        import("../diff/changes.ts"),
        import("../diff/words.ts"),
        import("../stack/config.ts"),
        import("../../lib/paths.ts"),
      ]);
      const diff = await diffScenarios(requireStackConfig(checkout, a), requireStackConfig(checkout, b));
      process.stdout.write(`${json ? JSON.stringify(diff, null, 2) : diffText(a, b, diff)}\n`);
    });
}
