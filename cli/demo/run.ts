import { randomInt } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { deploymentLimitSeconds } from "../../infra/config/limits.ts";
import type { Driver } from "../../infra/vm/drivers.ts";
import { LabError } from "../../lib/errors.ts";
import { checkout, labDir } from "../../lib/paths.ts";
import { driftSentence } from "../../measure/analysis/drift.ts";
import type { Fidelity } from "../../measure/results/fidelity.ts";
import { nobodyCompetes } from "../../study/competition.ts";
import { mainVmKeys, timedFactors } from "../../study/terms.ts";
import { type Interruption, interruptible } from "../interrupt.ts";
import { orderDeployments } from "../order/deployment-order.ts";
import { progress } from "../progress.ts";
import { prepareEverything } from "../setup/everything.ts";
import { withCheckout, withServersLocked } from "../setup/locks.ts";
import { withServersUp } from "../setup/servers.ts";
import { withServersInReach } from "../stack/around-pulumi.ts";
import { type DrivenStack, withDrivenStack } from "../stack/driven-stack.ts";
import { timeStamp } from "../stamp.ts";
import { tellReport } from "../written-report.ts";
import { comparisonText } from "./comparisons.ts";
import { driftOfDemo } from "./drift.ts";
import type { DemoOptions } from "./options.ts";
import { summariseDemo } from "./summary.ts";
import { demoTable } from "./table.ts";

const stackName = "demo";

/** Every deployment of the demo measures one run like this. */
const runOfDemo = (packets: number) => ({
  ...timedFactors({ packets, ratePps: 1000, windowSeconds: 2 }),
  runs: 1,
  readyWithinSeconds: 600,
});

/** Folders of the runs that have been measured, by driver. */
type Measured = Record<string, string[]>;

/** Deploys and measures every driver in every replicate; each step's time is told. */
async function measureAll(stack: DrivenStack, options: DemoOptions, results: string, interruption: Interruption) {
  const measured: Measured = Object.fromEntries(options.drivers.map((driver) => [driver, []]));
  const { drivers, replicates, seed = randomInt(2 ** 32) } = options;
  const plan = orderDeployments<Driver>(drivers, replicates, { kind: "random", seed }).flat();
  progress.say(`the order of deployment is drawn from seed ${seed}`);
  for (const [index, { treatment: driver, order }] of plan.entries()) {
    const replicate = order.block;
    interruption.asked.throwIfAborted();
    const label = `[${index + 1}/${plan.length}] replicate ${replicate}: ${driver}`;
    const { folders } = await progress.step(label, () =>
      stack.deploy({
        [mainVmKeys.driver]: driver,
        replicate: String(replicate),
        order: JSON.stringify({ ...order, campaign: basename(results) }),
        ...Object.fromEntries(
          Object.entries({ ...nobodyCompetes, ...runOfDemo(options.packets) }).map(([key, value]) => [
            key,
            String(value),
          ]),
        ),
        resultsDirectory: results,
      }),
    );
    measured[driver]?.push(...folders);
  }
  return measured;
}

/** `./lab demo`: the chosen drivers on the emulated servers, from nothing to a table, and everything down again. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const start = performance.now();
  const stamp = timeStamp();
  const results = join("results", `demo-${stamp}`);
  const logFile = join(labDir, "logs", `demo-${stamp}.log`);

  const measured = await withCheckout(progress, async () => {
    const variables = await prepareEverything(progress);
    await mkdir(join(labDir, "logs"), { recursive: true });
    const deployAll = (interruption: Interruption, leftoversAreGone: boolean, fidelity: Fidelity) =>
      withServersInReach(variables, (env) =>
        withDrivenStack(
          {
            ...{ name: stackName, env, logFile, progress, interruption, leftoversAreGone },
            timeLimitMs: 1000 * deploymentLimitSeconds(runOfDemo(options.packets), fidelity),
            keep: options.keep,
          },
          (stack) => measureAll(stack, options, results, interruption),
        ),
      );
    return withServersLocked(progress, () =>
      interruptible((interruption) =>
        withServersUp({ progress, keep: options.keep }, ({ areNew, fidelity }) =>
          deployAll(interruption, areNew, fidelity),
        ),
      ),
    );
  });

  const { summary, runMedians } = await summariseDemo(measured);
  const drift = driftOfDemo(measured);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ...summary, drift })}\n`
      : `${[demoTable(summary, runMedians), comparisonText(summary.comparisons), driftSentence(drift)].join("\n\n")}\n`,
  );
  progress.say(`results are in ${join(checkout, results)}`);
  await tellReport(join(checkout, results), progress);
  progress.say(`demo: done in ${((performance.now() - start) / 60_000).toFixed(1)} min`);
  if (options.keep) progress.say("kept: stack demo and the servers; end with ./lab destroy demo and ./lab hosts down");
  if (Object.values(measured).some((runs) => runs.length !== options.replicates))
    throw new LabError("some runs are missing from the results");
}
