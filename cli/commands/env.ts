import type { Command } from "commander";

export function register(program: Command): void {
  program
    .command("env")
    .summary('print the environment in which plain pulumi works here: eval "$(./lab env)"')
    .description(
      'Prints the variables that plain pulumi needs in this checkout, as shell commands: eval "$(./lab env)".\n' +
        "The pulumi that is then on PATH is ./lab pulumi: beside the engine it opens the ways on which providers reach the servers.\n" +
        "PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE and PULUMI_CONFIG_PASSPHRASE_FILE stay as they are when they are set.",
    )
    .option("--json", "print them as JSON")
    .action(async ({ json }: { json?: true }) => {
      const [{ preparePulumi, withLauncher }, { shellQuote }, { progress }] = await Promise.all([
        import("../setup/pulumi.ts"),
        import("../../lib/ssh/quote.ts"),
        import("../progress.ts"),
      ]);
      const variables = await withLauncher(await preparePulumi(progress));
      const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${shellQuote(value)}\n`);
      process.stdout.write(json ? `${JSON.stringify(variables, null, 2)}\n` : lines.join(""));
    });
}
