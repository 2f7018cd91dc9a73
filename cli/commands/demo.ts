import type { Command } from "commander";
import { demoDefaults } from "../demo/defaults.ts";
import type { DemoWords } from "../demo/options.ts";

export function register(program: Command): void {
  program
    .command("demo")
    .summary("compare three drivers on two emulated servers, from nothing to a table")
    .description(
      "Boots two emulated servers with SR-IOV on this machine, deploys each driver in each replicate, measures round-trip " +
        "times, prints what was found, and takes everything down again. The measured data stays in results/.",
    )
    .option("--drivers <list>", "what to compare", demoDefaults.drivers)
    .option("--replicates <n>", "times that each driver is deployed and measured", demoDefaults.replicates)
    .option("--packets <n>", "echo requests in a run", demoDefaults.packets)
    .option("--seed <n>", "what the order of deployment is drawn from (default: drawn anew; it is recorded)")
    .option("--keep", "leave the last deployment and the servers up")
    .option("--json", "print the summary as JSON")
    .action(async (words: DemoWords) => {
      const { parseDemoOptions } = await import("../demo/options.ts");
      const options = parseDemoOptions(words);
      const { runDemo } = await import("../demo/run.ts");
      await runDemo(options);
    });
}
