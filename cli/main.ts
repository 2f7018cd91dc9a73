import { Command, CommanderError } from "commander";
import { LabError } from "../lib/errors.ts";
import { commands } from "./commands/index.ts";

const program = new Command("lab")
  .description("How the way a VM is attached to a network card changes packet round-trip time")
  .exitOverride()
  .showHelpAfterError("(--help says what is allowed)")
  .enablePositionalOptions();
for (const register of commands) register(program);

/** What the shell is told: 0 done, 1 failed, 2 bad usage or configuration. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof LabError) {
    process.stderr.write(`lab: ${error.message}\n`);
    return error.exitCode;
  }
  process.stderr.write(`lab: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}

// A reader that has seen enough (`| head`) is no error; what is under way still ends as it should.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
