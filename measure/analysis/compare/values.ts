import { canonicalJson } from "../../../lib/canonical.ts";
import { counted } from "../../../lib/counted.ts";
import type { Measure } from "../../../study/metric-lists.ts";
import type { RunRecord } from "../../dataset/run-record.ts";
import { median } from "../../statistics/quantiles.ts";
import { campaignOf } from "../campaigns.ts";
import { type Comparison, compareDeployments, compareGroups, compareRuns, undecided } from "../comparison.ts";
import { isOffScale, type Placed, scaleOf, valuesByReplicate } from "../contrasts.ts";
import { countDeployments, deploymentsOf } from "../deployments.ts";
import { lostAmong } from "../lost-deployments.ts";
import { measureOf, type Packets, samplesOf, unitOfValues } from "../measures.ts";
import { ratioShortage } from "../pairing-words.ts";
import type { AnalysisUnit } from "../unit.ts";
import type { Side } from "./sides.ts";

/** What two sides are, before any measure of them is compared. */
export interface Match {
  first: Side;
  second: Side;
  /** Both are in one results directory, so their replicates are of one campaign and make pairs. */
  sameRoot: boolean;
  /** Each side is one scenario. */
  single: boolean;
}

/** With several scenarios a side, runs of equal factors but for the Main VMs' driver belong together; with one, all do. */
const cellFor =
  (single: boolean) =>
  (run: RunRecord): Record<string, string | number> =>
    single
      ? { campaign: campaignOf(run) }
      : {
          ...run.blocks,
          fixed: run.fixed,
          pressure: run.pressure,
          campaign: campaignOf(run),
        };

/** One number a replicate, where replicates of two sides make no pairs: those that have all scenarios of both sides. */
function unpaired({ first, second, single }: Match, measure: Measure): Comparison {
  const scenariosOf = ({ runs }: Side) => new Set(runs.map(({ scenarioSha256 }) => scenarioSha256));
  const theirs = scenariosOf(second);
  const common = new Set([...scenariosOf(first)].filter((scenario) => theirs.has(scenario)));
  const valuesOf = ({ runs }: Side) => {
    const scale = scaleOf(measure);
    const taken = single ? runs : runs.filter(({ scenarioSha256 }) => common.has(scenarioSha256));
    const deployments = deploymentsOf(taken);
    const cells = new Set(taken.map(({ design }) => design)).size;
    const usable = deployments.filter((deployment) => !isOffScale(deployment, measure, scale));
    const groups = [...Map.groupBy(usable, ({ replicate }) => replicate).values()];
    const isWhole = (group: typeof usable) => single || group.length === cells;
    const { values, unknown } = valuesByReplicate(groups.filter(isWhole).flat(), measure, scale);
    return {
      ...{ values, unknown, lost: lostAmong(deployments, measure) },
      withoutRatio: countDeployments(deployments.filter((deployment) => isOffScale(deployment, measure, scale))),
      partial: countDeployments(groups.filter((group) => !isWhole(group)).flat()),
    };
  };
  const [x, y] = [valuesOf(first), valuesOf(second)];
  const unknown = { first: x.unknown, second: y.unknown };
  const compared = compareGroups(x.values, y.values, "deployment", scaleOf(measure), unknown);
  const partial = x.partial + y.partial;
  const scenarios = single ? "" : `, each the mean of the ${common.size} scenarios that both sides have`;
  const leftOut = partial === 0 ? "" : `; ${partial} deployments of replicates that lack one of these are left out`;
  const short = ratioShortage({ first: x.withoutRatio, second: y.withoutRatio });
  const decided = short === null ? compared : undecided(compared, short);
  return { ...decided, pairing: `${compared.pairing}${scenarios}${leftOut}`, lost: { first: x.lost, second: y.lost } };
}

/** Whether pairs are there, of which deployments without a value leave none. */
const hasLost = ({ shortage, lost }: Comparison) =>
  shortage !== null && lost !== null && lost.first.without + lost.second.without > 0;

function byDeployments(match: Match, measure: Measure): Comparison {
  const { first, second, sameRoot, single } = match;
  const cell = cellFor(single);
  const side = ({ runs }: Side): Placed[] =>
    deploymentsOf(runs).map((deployment) => ({ deployment, cell: canonicalJson(cell(deployment.run)) }));
  if (!sameRoot) return unpaired(match, measure);
  const paired = compareDeployments(side(first), side(second), measure, "student");
  return paired.n > 0 || hasLost(paired) || !single ? paired : unpaired(match, measure);
}

/** The median over the runs of each scenario, which is what two results directories have in common. */
function byScenario(runs: readonly RunRecord[], measure: Measure) {
  return [...Map.groupBy(runs, ({ scenarioSha256 }) => scenarioSha256)].map(([scenario, all]) => {
    const values = all.flatMap((run) => measureOf(run, measure) ?? []);
    return {
      cell: { scenario },
      replicate: 1,
      run: 1,
      packets: [0],
      values: [values.length > 0 ? median(values) : null],
    };
  });
}

function byRuns(match: Match, measure: Measure, unit: "run-median" | "packet", packets?: Packets): Comparison {
  const { first, second, sameRoot, single } = match;
  const cell = cellFor(single);
  if (sameRoot) {
    const paired = compareRuns(
      samplesOf(first.runs, measure, cell, packets),
      samplesOf(second.runs, measure, cell, packets),
      { unit: unitOfValues(unit, measure, packets) },
    );
    if (paired.n > 0 || !single) return paired;
  } else if (!single) {
    const paired = compareRuns(byScenario(first.runs, measure), byScenario(second.runs, measure));
    const pairs = counted(paired.n, "pair");
    return {
      ...paired,
      unit: "scenario",
      pairing: `a pair is the medians over all runs of a scenario that both have: ${pairs}`,
    };
  }
  const valuesOf = ({ runs }: Side) => Float64Array.from(runs.flatMap((run) => measureOf(run, measure) ?? []));
  return compareGroups(valuesOf(first), valuesOf(second), "run-median", "difference");
}

/**
 * Compares one measure of two sides. Sides from one results directory are paired by cell and replicate (run) where they share
 * any. With deployments for units nothing else is paired; with runs, two directories with several scenarios are, by scenario.
 * @param packets values of the packets, where these are the unit
 */
export const compareMeasure = (match: Match, measure: Measure, unit: AnalysisUnit, packets?: Packets): Comparison =>
  unit === "deployment" ? byDeployments(match, measure) : byRuns(match, measure, unit, packets);
