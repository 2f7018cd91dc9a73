import type { Command } from "commander";

export function register(program: Command): void {
  program
    .command("capture")
    .summary("what a pcap or pcapng file holds")
    .description("Reads a capture: a table of what it holds, or its echo exchanges as a line of JSON each.")
    .argument("<file>", "pcap or pcapng file, or - for standard input")
    .option("--json", "print the exchanges as lines of JSON")
    .action(async (file: string, { json }: { json?: true }) => {
      const { captureCommand } = await import("../../measure/capture/command.ts");
      await captureCommand(file, { json: json ?? false });
    });
}
