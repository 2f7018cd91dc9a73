import { counted } from "../../lib/counted.ts";
import { oneDecimal } from "../../lib/one-decimal.ts";
import { asText, type TableCell } from "../../measure/analysis/print/table.ts";
import type { Campaign } from "./campaign.ts";
import type { PlannedDeployment } from "./deployments.ts";
import { durationText, secondsUntilDone } from "./estimate.ts";
import { deploymentKey, type JournalEntry, type Spent } from "./journal.ts";
import type { MeasuredRuns } from "./measured.ts";
import { type OrderStatus, orderStatus, orderWords } from "./order-status.ts";
import { firstLine } from "./summary.ts";

/** How far a scenario of a campaign is, on all pairs of servers. */
interface ScenarioStatus {
  /** Name and hash by which the campaign plans it; on another pair it has others. */
  name: string;
  hash: string;
  /** Deployments that are measured, and that are wanted. */
  done: number;
  wanted: number;
  runs: {
    done: number;
    /** Not there yet, or there and spoilt. */
    missing: number;
    /** Measured, and set aside because they did not count. */
    invalid: number;
  };
  /** The last reason of each deployment that is not measured and failed when it was last tried. */
  failed: { replicate: number; attempts: number; error: string }[];
}

/** A replicate on its pair of servers; null for one that was not begun on any. */
interface ReplicateStatus {
  replicate: number;
  pair: number | null;
  /** Deployments that are measured, that failed, and that are wanted. */
  done: number;
  failed: number;
  wanted: number;
}

export interface CampaignStatus {
  scenarios: ScenarioStatus[];
  /** Numbers of the pairs that were named. */
  pairs: number[];
  replicates: ReplicateStatus[];
  deployments: { done: number; wanted: number; failed: number };
  /** Null of a campaign without any deployment. */
  order: OrderStatus | null;
  /** Until these pairs have measured what is for them, from what was measured; null where nothing was. */
  secondsLeft: number | null;
  /** Of all deployments that were measured, seconds by what they went to. */
  spent: (Spent & { total: number }) | null;
}

const partWords = {
  boot: "VMs that were made and booted",
  load: "load until it was seen",
  measuring: "windows and probes",
  ours: "runs but for their windows, and servers made ready",
  engine: "the engine, and all else",
} as const satisfies Record<keyof Spent, string>;
const parts = Object.keys(partWords) as (keyof Spent)[];

type Failures = Map<string, { attempts: number; error: string }>;

/** Deployments that have failed since they were last measured. */
export function failuresIn(journal: readonly JournalEntry[]): Failures {
  const failures: Failures = new Map();
  for (const entry of journal) {
    if (entry.event === "measured") failures.delete(deploymentKey(entry.hash, entry.replicate));
    if (entry.event !== "failed") continue;
    const key = deploymentKey(entry.hash, entry.replicate);
    failures.set(key, { attempts: (failures.get(key)?.attempts ?? 0) + 1, error: entry.error });
  }
  return failures;
}

function spentIn(journal: readonly JournalEntry[]): CampaignStatus["spent"] {
  const measured = journal.flatMap((entry) => (entry.event === "measured" ? [entry] : []));
  if (measured.length === 0) return null;
  const sum = (secondsOf: (entry: (typeof measured)[number]) => number) =>
    oneDecimal(measured.reduce((total, entry) => total + secondsOf(entry), 0));
  const ofParts = parts.map((part) => [part, sum(({ spent }) => spent[part])]);
  return { ...(Object.fromEntries(ofParts) as Spent), total: sum(({ seconds }) => seconds) };
}

/** What is measured of a deployment, and how often it has failed since. */
interface DeploymentStatus {
  deployment: PlannedDeployment;
  runs: ScenarioStatus["runs"];
  failure: { attempts: number; error: string } | undefined;
}

function deploymentStatus(deployment: PlannedDeployment, runs: MeasuredRuns, failures: Failures): DeploymentStatus {
  const states = runs.runsOf(deployment).map(({ state }) => "missing" in state);
  const missing = states.filter(Boolean).length;
  return {
    deployment,
    runs: { done: states.length - missing, missing, invalid: runs.setAside(deployment) },
    failure: missing === 0 ? undefined : failures.get(deploymentKey(deployment.scenario.hash, deployment.replicate)),
  };
}

const isDone = ({ runs }: DeploymentStatus) => runs.missing === 0;

/** Takes a deployment of a scenario into the scenario's status. */
function addTo(status: ScenarioStatus, found: DeploymentStatus): void {
  const { runs, failure, deployment } = found;
  status.wanted += 1;
  status.done += isDone(found) ? 1 : 0;
  status.runs.done += runs.done;
  status.runs.missing += runs.missing;
  status.runs.invalid += runs.invalid;
  if (failure) status.failed.push({ replicate: deployment.replicate, ...failure });
}

/**
 * How far a campaign is.
 * @param expectedSeconds of a deployment, where that is known
 */
export function statusOf(
  { blocks, begun, pairs: named }: Pick<Campaign, "blocks" | "begun" | "pairs">,
  runs: MeasuredRuns,
  journal: readonly JournalEntry[],
  expectedSeconds: (deployment: PlannedDeployment) => number | undefined,
): CampaignStatus {
  const failures = failuresIn(journal);
  const scenarios = new Map<string, ScenarioStatus>();
  const pairs = named.map(({ number }) => number);
  const left = { own: pairs.map((): PlannedDeployment[] => []), free: [] as PlannedDeployment[][] };
  const missing: PlannedDeployment[] = [];
  const replicates = blocks.map(({ replicate, planned, on }): ReplicateStatus => {
    const pair = begun.get(replicate) ?? null;
    const found = (pair === null ? planned : on(pair)).map((each) => deploymentStatus(each, runs, failures));
    for (const [place, one] of found.entries()) {
      const { name, hash } = (planned[place] as PlannedDeployment).scenario;
      const none = { done: 0, missing: 0, invalid: 0 };
      const status = scenarios.get(hash) ?? { name, hash, done: 0, wanted: 0, runs: none, failed: [] };
      scenarios.set(hash, status);
      addTo(status, one);
    }
    const open = found.filter((one) => !isDone(one)).map(({ deployment }) => deployment);
    missing.push(...open);
    if (pair === null) left.free.push(open);
    else left.own[pairs.indexOf(pair)]?.push(...open);
    const failed = found.filter(({ failure }) => failure !== undefined).length;
    return { replicate, pair, done: found.length - open.length, failed, wanted: found.length };
  });
  const sum = (of: "done" | "failed" | "wanted") => replicates.reduce((total, each) => total + each[of], 0);
  return {
    scenarios: [...scenarios.values()],
    pairs,
    replicates,
    deployments: { done: sum("done"), wanted: sum("wanted"), failed: sum("failed") },
    order: orderStatus(
      blocks.flatMap(({ planned }) => planned),
      missing,
    ),
    secondsLeft:
      [...left.own, ...left.free].flat().length === 0 ? 0 : (secondsUntilDone(left, expectedSeconds) ?? null),
    spent: spentIn(journal),
  };
}

/** How far each pair is, a line a pair; nothing where there is one alone. */
function pairTexts({ pairs, replicates }: CampaignStatus): string[] {
  const byPair = Map.groupBy(replicates, ({ pair }) => pair);
  if (pairs.length === 1 && [...byPair.keys()].every((pair) => pair === pairs[0])) return [];
  const stateOf = ({ replicate, done, failed, wanted }: ReplicateStatus) => {
    const state = done === wanted ? "measured" : `${done} of ${wanted} deployments`;
    return `replicate ${replicate}: ${state}${failed > 0 ? `, ${failed} failed` : ""}`;
  };
  const numbers = [...new Set([...pairs, ...[...byPair.keys()].filter((pair) => pair !== null)])].sort((a, b) => a - b);
  const ofNobody = byPair.get(null)?.map(({ replicate }) => replicate) ?? [];
  return [
    ...numbers.map((pair) => {
      const states = (byPair.get(pair) ?? []).map(stateOf);
      const isNamed = pairs.includes(pair);
      return `pair ${pair}${isNamed ? "" : " (not among these)"}: ${states.length > 0 ? states.join("; ") : "nothing yet"}`;
    }),
    ...(ofNobody.length > 0
      ? [`of no pair yet: ${counted(ofNobody.length, "replicate")} (${ofNobody.join(", ")})`]
      : []),
  ];
}

/** How long the rest takes, in words. @param secondsLeft null where that is not known @param where what it is of, where not of all */
export function secondsLeftText(secondsLeft: number | null, where = ""): string {
  if (secondsLeft === null) return "how long it takes is not known before something was measured";
  return secondsLeft === 0 ? `nothing is left to measure${where}` : `about ${durationText(secondsLeft)} left${where}`;
}

/** How much is left, in words. */
function leftText({ secondsLeft, replicates, pairs }: CampaignStatus): string {
  const isElsewhere = replicates.some(
    ({ pair, done, wanted }) => pair !== null && !pairs.includes(pair) && done < wanted,
  );
  return secondsLeftText(secondsLeft, isElsewhere ? " on these pairs" : "");
}

function spentText(spent: NonNullable<CampaignStatus["spent"]>): string[] {
  const percent = (seconds: number) => `${((100 * seconds) / spent.total).toFixed(0)} %`;
  const beside = spent.ours + spent.engine;
  return [
    `time of what was measured, ${durationText(spent.total)}: ${parts.map((part) => `${partWords[part]} ${percent(spent[part])}`).join("; ")}`,
    `neither boot, load nor measuring: ${percent(beside)}`,
  ];
}

/** How far a campaign is, for people. */
export function statusText(status: CampaignStatus): string {
  const { scenarios, deployments, order, spent } = status;
  return asText({
    title: "campaign",
    head: ["scenario", "deployments", "runs done", "missing", "invalid", "failed"],
    rows: scenarios.map(({ name, done, wanted, runs, failed }): TableCell[] => [
      name,
      `${done} / ${wanted}`,
      runs.done,
      runs.missing,
      runs.invalid,
      failed.length,
    ]),
    notes: [
      ...scenarios.flatMap(({ name, failed }) =>
        failed.map(
          ({ replicate, attempts, error }) =>
            `failed ${attempts === 1 ? "once" : `${attempts} times`}: replicate ${replicate} of ${name}: ${firstLine(error)}`,
        ),
      ),
      ...pairTexts(status),
      `${deployments.done} of ${deployments.wanted} deployments measured, ${deployments.failed} failed; ${leftText(status)}`,
      ...(order === null ? [] : [orderWords(order)]),
      ...(spent === null ? [] : spentText(spent)),
    ],
  });
}
