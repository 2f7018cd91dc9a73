import { readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../lib/errors.ts";
import { checkout } from "../../lib/paths.ts";
import type { CpuWindows } from "../../measure/metrics/cpu-usage.ts";
import { measureRun } from "../../measure/probe/measure.ts";
import type { rawRun } from "../../measure/probe/raw-run.ts";
import { runSpecSchema } from "../../measure/probe/spec.ts";
import { ping } from "../../measure/probes/ping/probe.ts";
import { madeUpConditions, madeUpSpec } from "./run-spec.ts";

/*
 * A program: puts runs into a results directory as the runner does, each the same that was measured once, and prints what became of each, a
 * line of JSON each. Arguments: the directory, how many runs, and bytes that ping says on stderr beside.
 */

const data = join(checkout, "test/data/runs/pci-passthrough");
const [directory = "", runs = "", stderrBytes = "0"] = process.argv.slice(2);

const looks = { before: {}, after: {} };
const guestLook = { before: new Map(), after: new Map() };
const files = new Map(
  ["ping.txt", "mpstat-sender.json", "mpstat-responder.json"].map((name) => [name, readFileSync(join(data, name))]),
);
files.set("ping.err", Buffer.alloc(Number(stderrBytes), "."));

for (let run = 1; run <= Number(runs); run += 1) {
  let attempts = 0;
  const measureOnce: typeof rawRun = async (_spec, { tasks: [task] }) => {
    attempts += 1;
    if (task === undefined) throw new Error("there is nothing to measure with");
    const answer = { text: files.get("ping.txt") as Buffer, exitCode: 0, seconds: 1, errors: "" };
    const windows: CpuWindows = { before: [0, 1], during: [1, 2] };
    return {
      ...{ started: new Date(), ended: new Date(), changes: [] },
      probes: [{ task, files, captures: { sender: [], responder: [] }, answer, windows }],
      conditions: { sender: madeUpConditions, responder: madeUpConditions },
      facts: { sender: looks, responder: looks },
      guestLooks: { sender: guestLook, responder: guestLook },
      guestFacts: { sender: null, responder: null },
    };
  };
  const spec = runSpecSchema.parse(madeUpSpec(directory, { run }));
  const became = await measureRun(spec, () => {}, { probes: [ping], measureOnce }).then(
    ({ measured }) => ({ run, attempts, measured }),
    (error: unknown) => ({ run, attempts, error: messageOf(error) }),
  );
  process.stdout.write(`${JSON.stringify(became)}\n`);
}
