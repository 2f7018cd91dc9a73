import { messageOf } from "../../lib/errors.ts";
import { measureRun } from "../../measure/probe/measure.ts";
import type { rawRun } from "../../measure/probe/raw-run.ts";
import { runSpecSchema } from "../../measure/probe/spec.ts";
import { ping } from "../../measure/probes/ping/probe.ts";
import { playedRun } from "./played-run.ts";
import { madeUpSpec } from "./run-spec.ts";

/*
 * A program: puts runs into a results directory as the runner does, each the same that was measured once, and prints what became of each, a
 * line of JSON each. Arguments: the directory, how many runs, and bytes that ping says on stderr beside.
 */

const [directory = "", runs = "", stderrBytes = "1"] = process.argv.slice(2);

for (let run = 1; run <= Number(runs); run += 1) {
  let attempts = 0;
  const measureOnce: typeof rawRun = async (_spec, { tasks: [task] }) => {
    attempts += 1;
    return playedRun(task, { errors: ".".repeat(Number(stderrBytes)) });
  };
  const spec = runSpecSchema.parse(madeUpSpec(directory, { run }));
  const became = await measureRun(spec, () => {}, { probes: [ping], measureOnce }).then(
    ({ measured }) => ({ run, attempts, measured }),
    (error: unknown) => ({ run, attempts, error: messageOf(error) }),
  );
  process.stdout.write(`${JSON.stringify(became)}\n`);
}
