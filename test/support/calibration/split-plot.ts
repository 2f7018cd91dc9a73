import { orderDeployments } from "../../../cli/order/deployment-order.ts";
import { canonicalJson } from "../../../lib/canonical.ts";
import { type Arm, cellOf, type StudyRun } from "../../../measure/analysis/arms.ts";
import { studyClaims } from "../../../measure/analysis/claims/study.ts";
import { isDecided } from "../../../measure/analysis/compare/verdict.ts";
import { compareDeployments } from "../../../measure/analysis/comparison.ts";
import { contrastsOf, type Placed } from "../../../measure/analysis/contrasts.ts";
import { driftOfRuns } from "../../../measure/analysis/drift.ts";
import { placed, type StudyDeployment, studyDeployments } from "../../../measure/analysis/study-deployments.ts";
import { hodgesLehmannOfDifferences } from "../../../measure/statistics/hodges-lehmann.ts";
import { rateKey } from "../../../study/terms.ts";
import { campaignOf, makeRuns, noDifference, type Source } from "./campaign.ts";
import { atEdges, withoutDifference } from "./errors.ts";
import type { Noise } from "./noise.ts";

/** The runs in the order of a split plot, a minute each. */
function inSplitPlot(runs: readonly StudyRun[], replicates: number, seed: number): StudyRun[] {
  const first = runs.filter(({ replicate }) => replicate === 1);
  const scenarios = [...new Map(first.map((run) => [run.scenarioSha256, run])).values()];
  const blocks = orderDeployments(
    scenarios,
    replicates,
    { kind: "split-plot", seed },
    { plotOf: ({ mainVms }) => mainVms },
  );
  const orders = new Map(
    blocks.flat().map(({ treatment, order }) => [`${treatment.scenarioSha256} ${order.block}`, order]),
  );
  return runs.map((run) => {
    const order = orders.get(`${run.scenarioSha256} ${run.replicate}`);
    if (order === undefined) throw new RangeError(`replicate ${run.replicate} has no ${run.scenario}`);
    const minutes = 1000 * order.block + order.position;
    return { ...run, order, started: new Date(60_000 * minutes).toISOString() };
  });
}

type Side = Placed<StudyRun>[];

/** Deployments in cells in which a key of the blocks does not count. */
const withoutKey =
  (key: string) =>
  (deployment: StudyDeployment): Placed<StudyRun> => {
    const { run } = deployment;
    return {
      deployment,
      cell: `${run.arm} ${canonicalJson(cellOf({ ...run, blocks: { ...run.blocks, [key]: "any" } }))}`,
    };
  };

function sidesOf(all: readonly StudyDeployment[]): Record<"drivers" | "frequencies" | "locations", [Side, Side]> {
  const ofArm = (arm: Arm) => all.filter(({ run }) => run.arm === arm).map(placed);
  const ofRate = (rate: number) => all.filter(({ run }) => run.ratePps === rate).map(withoutKey(rateKey));
  const loadedAt = (location: string) =>
    all
      .filter(({ run: { load } }) => load?.type === "network" && load.location === location)
      .map(withoutKey("loadLocation"));
  return {
    drivers: [ofArm("MacVTap"), ofArm("Bridge")],
    frequencies: [ofRate(1_000_000), ofRate(1000)],
    locations: [loadedAt("sender"), loadedAt("responder")],
  };
}

/** What would be found if each pair were a unit of its own. */
function pairsToldApart([first, second]: [Side, Side]): boolean {
  const keyOf = ({ deployment: { replicate }, cell }: Side[number]) => `${replicate} ${cell}`;
  const partners = Map.groupBy(second, keyOf);
  const contrasts = first.flatMap((one) => [...contrastsOf([one], partners.get(keyOf(one)) ?? [], "rtt").values]);
  const { interval } = hodgesLehmannOfDifferences(contrasts);
  return interval !== null && (interval.low > 0 || interval.high < 0);
}

/** What is looked for where there is nothing, by name. */
const splitPlotFindings = ["drivers", "frequencies", "locations", "drift", "eachPair"] as const;
type Finding = (typeof splitPlotFindings)[number];

/** How often each of them was found in so many campaigns without any difference or drift, measured in split plots. */
export function splitPlotErrors(
  replicates: number,
  noise: Noise,
  datasets: number,
  { source, seed }: { source: Source; seed: number },
): Record<Finding, number> {
  const campaign = { ...campaignOf("virtual"), replicates };
  const found = Object.fromEntries(splitPlotFindings.map((name) => [name, 0])) as Record<Finding, number>;
  for (let set = 0; set < datasets; set++) {
    const made = makeRuns(campaign, noDifference, noise, source, ["rtt"]);
    const runs = inSplitPlot(made, replicates, seed + set);
    const sides = sidesOf(studyDeployments(runs));
    for (const name of ["drivers", "frequencies", "locations"] as const)
      if (isDecided(compareDeployments(...sides[name], "rtt"))) found[name]++;
    if (pairsToldApart(sides.drivers)) found.eachPair++;
    const interval = driftOfRuns(runs).find(({ measure }) => measure === "rtt")?.interval;
    if (interval && (interval.low > 0 || interval.high < 0)) found.drift++;
  }
  for (const name of splitPlotFindings) found[name] /= datasets;
  return found;
}

/** The claim that is decided wrongly most often where nothing differs, and the worse edge of C3, the frequencies' own. */
export function splitPlotClaims(replicates: number, noise: Noise, datasets: number, source: Source) {
  const campaign = { ...campaignOf("virtual"), replicates };
  const { claims } = withoutDifference(campaign, noise, datasets, source);
  const worst = Math.max(...Object.values(claims).map(({ decided, of }) => decided / of));
  const claim = studyClaims.find(({ id }) => id === "C3");
  const [rule] = claim?.rules ?? [];
  if (claim === undefined || rule === undefined) throw new RangeError("there is no claim C3");
  const edges = atEdges(claim, rule, campaign, noise, datasets, source).map(({ decided, of }) => decided / of);
  return { claims: worst, edges: Math.max(...edges) };
}
