import { digits } from "../../../lib/digits.ts";
import type { RunRecord } from "../../dataset/run-record.ts";
import { median } from "../../statistics/quantiles.ts";
import { percentText } from "../print/table.ts";

/** Packets of a side. */
interface PacketCounts {
  transmitted: number;
  lost: number;
}

/** Share of lost packets from which on the RTTs of a side are said to be of those that came back. */
const muchLoss = 0.01;

/** What the runs' environments have to do with a result, as a sentence; empty for one environment. */
export function environmentNotes(runs: readonly RunRecord[]): string[] {
  const environments = new Set(runs.map(({ environmentSha256 }) => environmentSha256)).size;
  return environments > 1
    ? [
        `the runs are from ${environments} environments (kernels, tools, NICs, state of CPUs and links); they are pooled`,
      ]
    : [];
}

/** That no environment has runs of both sides, as a sentence; empty where one has. */
export function apartNotes(first: readonly RunRecord[], second: readonly RunRecord[]): string[] {
  const environments = new Set(first.map(({ environmentSha256 }) => environmentSha256));
  return second.some(({ environmentSha256 }) => environments.has(environmentSha256))
    ? []
    : [
        "A and B are of different environments (kernels, tools, NICs, state of CPUs and links): whether they differ because of these cannot be told",
      ];
}

/** What two results directories cannot tell, as sentences. */
export const directoryNotes = (sameRoot: boolean, runs: readonly RunRecord[]): string[] => [
  ...(sameRoot
    ? []
    : [
        "replicates of one directory share its campaign, day and environment: whether the directories differ because of the scenario or of these cannot be told",
      ]),
  ...environmentNotes(runs),
];

const lossOf = ({ lost, transmitted }: PacketCounts) => (transmitted === 0 ? 0 : lost / transmitted);
const lossWords = (side: PacketCounts) => `${side.lost} of ${side.transmitted} (${percentText(lossOf(side))})`;
const survivors = "RTTs are of the packets that came back, and a driver that loses the slow ones looks fast";

/** How many scenarios a sentence names. */
const mostNamed = 8;
/** The first of them, and how many more there are. */
const someOf = (named: readonly string[]): string =>
  [...named.slice(0, mostNamed), ...(named.length > mostNamed ? [`${named.length - mostNamed} more`] : [])].join(", ");

/** Scenarios that lost so many packets that their RTTs are of a selection, as a sentence; empty without any. */
export function scenarioLossNotes(scenarios: readonly (PacketCounts & { scenario: string })[]): string[] {
  const losing = scenarios.filter((scenario) => lossOf(scenario) > muchLoss).sort((a, b) => lossOf(b) - lossOf(a));
  if (losing.length === 0) return [];
  const named = losing.map((scenario) => `${scenario.scenario} ${lossWords(scenario)}`);
  return [`lost packets above ${percentText(muchLoss)}: ${someOf(named)}; ${survivors}`];
}

/** A frequency that is missed by more than this share is not the one that was asked for. */
const muchSlower = 0.1;

/** Scenarios in which ping sent more slowly than it was asked to, in the median run, as a sentence; empty without any. */
export function rateNotes(runs: readonly Pick<RunRecord, "scenario" | "ratePps" | "achievedRatePps">[]): string[] {
  const slow = [...Map.groupBy(runs, ({ scenario }) => scenario)].flatMap(([scenario, all]) => {
    const [asked = 0] = all.map(({ ratePps }) => ratePps);
    const achieved = all.flatMap(({ achievedRatePps }) => achievedRatePps ?? []);
    const rate = achieved.length > 0 ? median(achieved) : asked;
    return rate < (1 - muchSlower) * asked ? [{ scenario, asked, rate }] : [];
  });
  if (slow.length === 0) return [];
  const named = slow.map(({ scenario, asked, rate }) => `${scenario} ${digits(rate)} of ${asked}`);
  return [
    `ping sent fewer packets a second than it was asked to: ${someOf(named)}; a frequency in a scenario's name is what was asked for`,
  ];
}

/** Lost packets of both sides, which are in no RTT, as sentences; empty without any. */
export function lossNotes([a, b]: [PacketCounts, PacketCounts]): string[] {
  if (a.lost === 0 && b.lost === 0) return [];
  const isMuch = Math.max(lossOf(a), lossOf(b)) > muchLoss;
  return [`lost packets: A ${lossWords(a)}, B ${lossWords(b)}${isMuch ? `; ${survivors}` : ""}`];
}
