import { Command, CommanderError } from "commander";
import { LabError } from "../lib/errors.ts";
import { commands } from "./commands/index.ts";
import { textOfUnexpected, watchOutput } from "./output.ts";

const program = new Command("lab")
  .description("How the way a VM is attached to a network card changes packet round-trip time")
  .exitOverride()
  .enablePositionalOptions();
for (const register of commands) register(program);

/** Makes what refuses wrong words of a command end with how that very command is explained. */
function pointToHelp(command: Command, words: string): void {
  command.showHelpAfterError(`(${words} --help says what is allowed)`);
  for (const inner of command.commands) pointToHelp(inner, `${words} ${inner.name()}`);
}
pointToHelp(program, "./lab");

const output = watchOutput();

/** What the shell is told: 0 done, 1 failed, 2 bad usage or configuration. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const isExpected = error instanceof LabError;
  if (!output.wasTold(error)) process.stderr.write(`lab: ${isExpected ? error.message : textOfUnexpected(error)}\n`);
  return isExpected ? error.exitCode : 1;
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
