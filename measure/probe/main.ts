import { measureRun } from "./measure.ts";
import { runProgram } from "./outcome.ts";

/** Measures the run that it is told: progress on stderr, the outcome as one line of JSON on stdout. */
await runProgram.main((spec) => measureRun(spec, (line) => void process.stderr.write(`${line}\n`)));
