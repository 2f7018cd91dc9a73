/**
 * A worker of a queue whose stacks publish runs without any server: node worker.ts URL RESULTS PLACE MACHINE PAIR MS, where a run takes
 * about MS. What happens is written into PLACE/events, a line each; what the worker's machine keeps is in PLACE/machines/MACHINE.
 */
import { appendFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PlannedDeployment } from "../../../cli/campaign/deployments.ts";
import { BlockQueue } from "../../../cli/campaign/queue/block-queue.ts";
import { workOnPairs } from "../../../cli/campaign/queue/work.ts";
import { interruptible } from "../../../cli/interrupt.ts";
import { LabError, messageOf } from "../../../lib/errors.ts";
import { withLock } from "../../../lib/lock.ts";
import { publishFolder } from "../../../lib/publish.ts";
import { writeRun } from "../../unit/campaign/fixtures.ts";
import { runsAt } from "./runs-at.ts";
import { quickTimes } from "./times.ts";

const [url = "", results = "", place = "", machine = "", pair = "", ms = ""] = process.argv.slice(2);
const number = Number(pair);
const tell = (what: string) => appendFileSync(join(place, "events"), `${pair} ${process.pid} ${what}\n`);
const runs = await runsAt(results, join(place, "machines", machine), (line) => tell(`says ${line}`));

/** Publishes a run as the runner does: made elsewhere, and there as a whole or not at all. */
async function publish(deployment: PlannedDeployment, folder: string, run: number): Promise<void> {
  const aside = mkdtempSync(join(tmpdir(), "lab-made-up-"));
  try {
    const made = writeRun(aside, deployment, run);
    const isNew = await publishFolder(resolve(runs.results, folder), async (into) =>
      cpSync(made, into, { recursive: true }),
    );
    tell(`${isNew ? "published" : "twice"} ${folder}`);
  } finally {
    rmSync(aside, { recursive: true });
  }
}

const progress = {
  say: (line: string) => tell(`says ${line.replaceAll("\n", " ")}`),
  step: <T>(_: string, body: () => Promise<T>) => body(),
};

await interruptible(async (interruption) => {
  const queue = await BlockQueue.open(url, { attempts: 5, onTrouble: progress.say, times: quickTimes });
  tell("works");
  await workOnPairs(
    [
      {
        ...{ number, hosts: "none", progress },
        working: ({ asked }) => ({
          ...{ number, progress, tidy: async () => {} },
          // As the lease on servers: who has not got it deploys nothing.
          withStack: (body) =>
            withLock(`${results} ${pair}`, { what: `the servers of pair ${pair}`, waitMs: 0 }, () =>
              body(async (deployment) => {
                tell(`deploys ${deployment.replicate}`);
                for (const [index, { folder, state }] of runs.runsOf(deployment).entries()) {
                  if (!("missing" in state)) continue;
                  await sleep(Number(ms) * (0.5 + Math.random()));
                  asked.throwIfAborted();
                  await publish(deployment, folder, index + 1);
                }
                return { times: [], found: "" };
              }),
            ),
        }),
      },
    ],
    {
      ...{ queue, runs, interruption, lookMs: 200 },
      serversOf: () => undefined,
      newHostKeys: false,
      isOver: () => false,
      say: progress.say,
    },
  )
    .catch((error) => {
      tell(`ends: ${messageOf(error)}`);
      process.exitCode = error instanceof LabError ? error.exitCode : 3;
    })
    .finally(() => queue.close());
});
