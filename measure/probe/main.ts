import { messageOf } from "../../lib/errors.ts";
import { measureRun } from "./measure.ts";
import { runSpecSchema } from "./spec.ts";

/** Measures the run that LAB_RUN describes (RunSpec as JSON): progress on stderr, the outcome as one line of JSON on stdout. */
try {
  const spec = runSpecSchema.parse(JSON.parse(process.env.LAB_RUN ?? ""));
  const outcome = await measureRun(spec, (line) => void process.stderr.write(`${line}\n`));
  console.log(JSON.stringify(outcome));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
