import { mkdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { readSettings } from "../../emulator/hosts/settings.ts";
import type { Inventory } from "../../infra/config/hosts.ts";
import { deploymentLimitSeconds } from "../../infra/config/limits.ts";
import { readInventory } from "../../infra/config/load.ts";
import { LabError } from "../../lib/errors.ts";
import { checkout, hostsFile, labDir } from "../../lib/paths.ts";
import { type Fidelity, fidelities, isEmulated as isEmulatedFidelity } from "../../measure/results/fidelity.ts";
import { type Interruption, interruptible } from "../interrupt.ts";
import { progress } from "../progress.ts";
import { prepareEverything } from "../setup/everything.ts";
import { withCheckout, withServersLocked } from "../setup/locks.ts";
import { serverStatus, usesEmulatedServers, withServersUp } from "../setup/servers.ts";
import { readStackConfig } from "../stack/config.ts";
import { withDrivenStack } from "../stack/driven-stack.ts";
import { timeStamp } from "../stamp.ts";
import { tellReport } from "../written-report.ts";
import { type PlannedDeployment, plannedDeployments } from "./deployments.ts";
import { estimatesFrom } from "./estimate.ts";
import { readExperiments } from "./experiment.ts";
import { foundText } from "./found.ts";
import { campaignJournal } from "./journal.ts";
import { type CampaignOutcome, entryOf, measureCampaign } from "./measure.ts";
import { MeasuredRuns } from "./measured.ts";
import type { CampaignRunOptions } from "./options.ts";
import { assumedInventory, planCampaign } from "./plan.ts";
import { type Place, settingsOf } from "./settings.ts";
import { statusOf, statusText } from "./status.ts";
import { summaryText } from "./summary.ts";

/** Each pair has a stack of its own: what one has deployed is no other's. */
const stackNameOf = (pair: number) => (pair === 1 ? "campaign" : `campaign-pair${pair}`);

/** Removing a fleet of the paper's size takes minutes, so this is a hang. */
const removalLimitMs = 30 * 60_000;

const isEmulated = (hosts: string) => usesEmulatedServers({ hosts: relative(checkout, resolve(checkout, hosts)) });

/** The servers that a campaign is for, and of which fidelity they may be. */
interface Servers {
  inventory: Inventory;
  possible: readonly Fidelity[];
}

const serversIn = (hosts: string): Servers => {
  const inventory = readInventory(hosts);
  return { inventory, possible: [inventory.fidelity] };
};

/** The servers, asked nothing: as their file describes them, or as the emulated ones will be, of whichever fidelity that is. */
const serversAt = (hosts: string): Servers =>
  isEmulated(hosts)
    ? { inventory: emulatedServers(), possible: fidelities.filter((each) => isEmulatedFidelity(each)) }
    : serversIn(hosts);

/** The emulated servers as they will be; what they have is known for certain when they are up. */
function emulatedServers(): Inventory {
  const { vfs, cpus, memoryMiB } = readSettings();
  return assumedInventory({ servers: { vfs, cpus, memoryMiB } });
}

const placeOf = ({ hosts, results }: Pick<CampaignRunOptions, "hosts" | "results">): Place => ({
  hosts: resolve(checkout, hosts ?? hostsFile),
  results: resolve(checkout, results),
});

/**
 * What is to be deployed on these servers.
 * @throws LabError (exit code 2) with what they cannot give, or when the results directory has runs of other servers
 */
function deploymentsFor(
  options: CampaignRunOptions,
  runs: MeasuredRuns,
  { inventory, possible }: Servers,
): PlannedDeployment[] {
  const plan = planCampaign(readExperiments(options.experiments), { ...options, inventory });
  if (plan.problems.length > 0)
    throw new LabError(
      `these servers cannot carry the campaign:\n${plan.problems.map((line) => `  ${line}`).join("\n")}\n` +
        "Choose other levels with --profile, or other servers with --hosts",
      { exitCode: 2 },
    );
  const deployments = plannedDeployments(plan.scenarios, plan.order.rule);
  runs.refuseOtherFidelity(deployments, possible);
  return deployments;
}

/** Whether what an earlier campaign deployed is gone, because it was on emulated servers that are gone. */
async function leftoversAreGone(stackName: string, serversAreNew: boolean): Promise<boolean> {
  const before = readStackConfig(checkout, stackName);
  if (before === undefined || typeof before.hosts !== "string" || !isEmulated(before.hosts)) return false;
  return serversAreNew || (await serverStatus()).some(({ status }) => status !== "up");
}

/** Deploys and measures what is missing, with everything that this needs, and takes everything down again. */
async function measureAll(
  options: CampaignRunOptions,
  place: Place,
  runs: MeasuredRuns,
  logFile: string,
  deployments: () => PlannedDeployment[],
): Promise<CampaignOutcome> {
  const env = await prepareEverything(progress, isEmulated(place.hosts) ? "emulated" : "real");
  await mkdir(join(labDir, "logs"), { recursive: true });
  const stackName = stackNameOf(options.pair);
  const measure = async (interruption: Interruption, serversAreNew: boolean) => {
    const queue = deployments();
    const journal = campaignJournal(place.results, queue);
    const { fidelity } = readInventory(place.hosts);
    return withDrivenStack(
      {
        ...{ name: stackName, env, logFile, progress, interruption, keep: options.keep },
        timeLimitMs: removalLimitMs,
        leftoversAreGone: await leftoversAreGone(stackName, serversAreNew),
      },
      (stack) =>
        measureCampaign(queue, {
          deploy: async (deployment) => {
            const limitMs = 1000 * deploymentLimitSeconds(deployment.scenario.config, fidelity);
            const { runs: found, ...deployed } = await stack.deploy(settingsOf(deployment, place), limitMs);
            return { ...deployed, found: foundText(found) };
          },
          look: (deployment) => runs.look(deployment),
          expectedSeconds: (open) => open.map(estimatesFrom(journal.read(), queue)),
          attempts: options.attempts,
          ...{ journal, progress, asked: interruption.asked },
        }),
    );
  };
  if (!isEmulated(place.hosts)) return interruptible((interruption) => measure(interruption, false));
  return withServersLocked(progress, () =>
    interruptible((interruption) =>
      withServersUp({ progress, keep: options.keep }, ({ areNew }) => measure(interruption, areNew)),
    ),
  );
}

function conclude({ failed, left }: CampaignOutcome): void {
  const shortfalls = [
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ...(left.length > 0 ? [`${left.length} were not measured because the campaign was interrupted`] : []),
  ];
  if (shortfalls.length > 0)
    throw new LabError(`of the campaign's deployments, ${shortfalls.join(" and ")}; run it again to measure them`);
}

/**
 * `./lab campaign run`: the scenarios of some experiments, one after the other on one stack, and what became of each.
 * @throws LabError when one failed or was not tried; exit code 2 with what is wrong in options, experiments or hosts
 */
export async function runCampaign(options: CampaignRunOptions): Promise<void> {
  const start = performance.now();
  const stamp = timeStamp();
  const logFile = join(labDir, "logs", `campaign-${stamp}.log`);
  const place = placeOf(options);
  const runs = new MeasuredRuns(place.results);
  const planned = deploymentsFor(options, runs, serversAt(place.hosts));
  const nothingToDo = planned.every((deployment) => runs.missing(deployment).length === 0);
  const outcome: CampaignOutcome = nothingToDo
    ? { measured: [], skipped: planned.map(entryOf), failed: [], left: [] }
    : await withCheckout(progress, () =>
        measureAll(options, place, runs, logFile, () => deploymentsFor(options, runs, serversIn(place.hosts))),
      );
  await runs.remember();

  process.stdout.write(options.json ? `${JSON.stringify(outcome)}\n` : `${summaryText(outcome)}\n`);
  progress.say(`results are in ${place.results}`);
  await tellReport(place.results, progress);
  progress.say(`campaign: done in ${((performance.now() - start) / 60_000).toFixed(1)} min`);
  const stackName = stackNameOf(options.pair);
  if (options.keep && !nothingToDo)
    progress.say(`kept: stack ${stackName} and the servers; end with ./lab destroy ${stackName} and ./lab hosts down`);
  conclude(outcome);
}

/**
 * `./lab campaign status`: how far a campaign is, by its results and its journal. Nothing is touched.
 * @throws LabError (exit code 2) with what is wrong in options, experiments or hosts
 */
export async function printCampaignStatus(options: CampaignRunOptions): Promise<void> {
  const place = placeOf(options);
  const runs = new MeasuredRuns(place.results);
  const deployments = deploymentsFor(options, runs, serversAt(place.hosts));
  const journal = campaignJournal(place.results, deployments).read();
  const status = statusOf(deployments, runs, journal, estimatesFrom(journal, deployments));
  await runs.remember();
  process.stdout.write(`${options.json ? JSON.stringify(status) : statusText(status)}\n`);
}
