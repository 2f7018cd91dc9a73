import { oneDecimal } from "../../lib/one-decimal.ts";
import { asText, type TableCell } from "../../measure/analysis/print/table.ts";
import type { PlannedDeployment } from "./deployments.ts";
import { durationText, sumOfKnown } from "./estimate.ts";
import type { JournalEntry, Spent } from "./journal.ts";
import type { MeasuredRuns } from "./measured.ts";
import { firstLine } from "./summary.ts";

/** How far a scenario of a campaign is. */
interface ScenarioStatus {
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

export interface CampaignStatus {
  scenarios: ScenarioStatus[];
  deployments: { done: number; wanted: number; failed: number };
  /** Of the deployments that are missing, from those that were measured; null where none was. */
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
const keyOf = (hash: string, replicate: number) => `${hash} ${replicate}`;

/** Deployments that have failed since they were last measured. */
function failuresIn(journal: readonly JournalEntry[]): Failures {
  const failures: Failures = new Map();
  for (const entry of journal) {
    if (entry.event === "measured") failures.delete(keyOf(entry.hash, entry.replicate));
    if (entry.event !== "failed") continue;
    const key = keyOf(entry.hash, entry.replicate);
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

/**
 * How far a campaign is.
 * @param deployments all of it
 * @param expectedSeconds of one, where that is known
 */
export function statusOf(
  deployments: readonly PlannedDeployment[],
  runs: MeasuredRuns,
  journal: readonly JournalEntry[],
  expectedSeconds: (deployment: PlannedDeployment) => number | undefined,
): CampaignStatus {
  const failures = failuresIn(journal);
  const scenarios = new Map<string, ScenarioStatus>();
  const left: PlannedDeployment[] = [];
  for (const deployment of deployments) {
    const { scenario, replicate } = deployment;
    const { name, hash } = scenario;
    const none = { done: 0, missing: 0, invalid: 0 };
    const status: ScenarioStatus = scenarios.get(hash) ?? { name, hash, done: 0, wanted: 0, runs: none, failed: [] };
    scenarios.set(hash, status);
    const states = runs.runsOf(deployment).map(({ state }) => "missing" in state);
    const missing = states.filter(Boolean).length;
    status.wanted += 1;
    status.runs.done += states.length - missing;
    status.runs.missing += missing;
    status.runs.invalid += runs.setAside(deployment);
    if (missing === 0) {
      status.done += 1;
      continue;
    }
    left.push(deployment);
    const failure = failures.get(keyOf(hash, replicate));
    if (failure) status.failed.push({ replicate, ...failure });
  }
  const all = [...scenarios.values()];
  return {
    scenarios: all,
    deployments: {
      done: deployments.length - left.length,
      wanted: deployments.length,
      failed: all.reduce((sum, { failed }) => sum + failed.length, 0),
    },
    secondsLeft: left.length === 0 ? 0 : (sumOfKnown(left.map(expectedSeconds)) ?? null),
    spent: spentIn(journal),
  };
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
export function statusText({ scenarios, deployments, secondsLeft, spent }: CampaignStatus): string {
  const left =
    secondsLeft === null
      ? "how long it takes is not known before something was measured"
      : secondsLeft === 0
        ? "nothing is left to measure"
        : `about ${durationText(secondsLeft)} left`;
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
      `${deployments.done} of ${deployments.wanted} deployments measured, ${deployments.failed} failed; ${left}`,
      ...(spent === null ? [] : spentText(spent)),
    ],
  });
}
