import type { Command } from "commander";

export function register(program: Command): void {
  program
    .command("pulumi")
    .summary("run pulumi itself, with everything it needs")
    .description("Gets the engine and runs pulumi in this checkout; all arguments, also --help, are pulumi's.")
    .argument("[arguments...]", "as for pulumi")
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args: string[]) => {
      const [{ preparePulumi }, { runChild }, { interruptible }, { checkout }, { progress }] = await Promise.all([
        import("../setup/pulumi.ts"),
        import("../child.ts"),
        import("../interrupt.ts"),
        import("../../lib/paths.ts"),
        import("../progress.ts"),
      ]);
      const env = await preparePulumi(progress);
      process.exitCode = await interruptible((interruption) =>
        runChild("pulumi", args, { cwd: checkout, env, stdin: "inherit", interruption }),
      );
    });
}
