import type { Command } from "commander";

export function register(program: Command): void {
  program
    .command("pulumi")
    .summary("run pulumi itself, with everything it needs")
    .description(
      "Gets the engine and runs pulumi in this checkout, with the ways to the servers that its providers need; all arguments, also --help, are pulumi's.",
    )
    .argument("[arguments...]", "as for pulumi")
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args: string[]) => {
      const { runPulumi } = await import("../stack/pulumi.ts");
      process.exitCode = await runPulumi(args);
    });
}
