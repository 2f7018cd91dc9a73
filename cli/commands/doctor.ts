import type { Command } from "commander";
import { hostsFile } from "../../lib/paths.ts";
import type { DoctorWords } from "../doctor/run.ts";

export function register(program: Command): void {
  program
    .command("doctor")
    .summary("what the servers have, what they lack, and what mends it")
    .description(
      "Asks both servers what they have, and says of each thing whether it is ok, a warning or missing, and what mends it.\n" +
        "With a stack: the servers of its configuration, and whether they can do what its scenario asks for.\n" +
        "Nothing is changed on a server. The exit status is 0 when nothing is missing, else 1.",
    )
    .argument("[stack]", "name of a stack, for example sender")
    .option("--hosts <file>", `the servers, as the configuration key hosts names them (default: ${hostsFile})`)
    .option(
      "--write",
      "write what they can do (cpus, memoryMiB, totalVfs, addressFilters) into that file, for preview to check against",
    )
    .option("--json", "print all of it as JSON")
    .action(async (stack: string | undefined, words: DoctorWords) => {
      const [{ doctor }, { checkout }, { progress }] = await Promise.all([
        import("../doctor/run.ts"),
        import("../../lib/paths.ts"),
        import("../progress.ts"),
      ]);
      const { text, diagnosis } = await doctor(stack, words, { checkout, progress });
      process.stdout.write(`${text}\n`);
      if (!diagnosis.ok) process.exitCode = 1;
    });
}
