import { type Command, Option } from "commander";

interface Options {
  output?: string;
  serve?: true;
  port?: string;
}

const defaultPort = "8321";

export function register(program: Command): void {
  program
    .command("report")
    .summary("every figure and table of the study as a page to explore")
    .description(
      "Reads a directory of runs as analyse does, and writes report.html, which needs no network, and each figure as SVG, PNG, " +
        "CSV and Vega-Lite specification into the folder figures beside it. With --serve nothing is written: the page is served on " +
        "this machine's loopback, and shows new runs and how far a campaign is while one is measured.",
    )
    .argument("[directory]", "results directory", "results")
    .option("-o, --output <directory>", "where to write; by default the folder report in the results directory")
    // Before --serve, which it implies and which has the same conflict: a message names the first.
    .addOption(
      new Option("--port <n>", `port to serve on; 0 is any that is free (default: ${defaultPort})`)
        .implies({ serve: true })
        .conflicts("output"),
    )
    .addOption(new Option("--serve", "serve the page until Ctrl-C, and follow a campaign").conflicts("output"))
    .action(async (directory: string, { output, serve, port = defaultPort }: Options) => {
      if (serve) {
        const served = await import("../serve-report.ts");
        return served.serveUntilEnded(directory, port);
      }
      const { writeReport } = await import("../../report/report.ts");
      const { progress } = await import("../progress.ts");
      const options = { say: progress.say, ...(output === undefined ? {} : { into: output }) };
      process.stdout.write(`${await writeReport(directory, options)}\n`);
    });
}
