import { counted } from "../../../lib/counted.ts";
import { fewestReplicates } from "../comparison.ts";
import type { Calibration } from "./calibration.ts";
import { capitalised } from "./number-words.ts";

const percent = (share: number | undefined) => (share === undefined ? "" : `${(100 * share).toFixed(1)} %`);
const whole = (share: number | undefined) => (share === undefined ? "" : `${Math.round(100 * share)} %`);
const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

const ruleNumber = (name: string) => {
  const [claim, place] = name.split(".");
  return `${claim}, rule ${Number(place) + 1}`;
};

/** The largest shares of some rules by claim. */
function worstByClaim(shares: Record<string, number>): Map<string, number> {
  const worst = new Map<string, number>();
  for (const [name, share] of Object.entries(shares)) {
    const claim = name.split(".")[0] ?? "";
    worst.set(claim, Math.max(worst.get(claim) ?? 0, share));
  }
  return worst;
}

function errorTable({ claims, rulesWithoutDifference, edges }: Calibration): string {
  const byEdge = worstByClaim(
    Object.fromEntries(Object.entries(edges).map(([name, ends]) => [name, Math.max(...ends)])),
  );
  const rules = Object.fromEntries(
    Object.entries(rulesWithoutDifference).map(([profile, shares]) => [profile, worstByClaim(shares)]),
  );
  const ids = Object.keys(claims.paper ?? {});
  return table(
    ["claim", "emulated: claim", "its worst rule", "paper: claim", "its worst order", "its worst edge of a range"],
    ids.map((id) => [
      id,
      percent(claims.emulated?.[id]),
      percent(rules.emulated?.get(id)),
      percent(claims.paper?.[id]),
      percent(rules.paper?.get(id)),
      percent(byEdge.get(id)),
    ]),
  );
}

function powerTable({ power }: Calibration): string {
  const counts = [...new Set(power.map(({ replicates }) => replicates))];
  const sizes = [...new Set(power.map(({ spreads }) => spreads))];
  const parts = Object.keys(power[0]?.contradicted ?? {}).filter((count) => count !== "1");
  const at = (replicates: number, spreads: number) =>
    power.find((row) => row.replicates === replicates && row.spreads === spreads);
  return table(
    ["replicates", "", ...sizes.map((size) => counted(size, "spread"))],
    counts.flatMap((count) => [
      [count, "reproduced", ...sizes.map((size) => whole(at(count, size)?.reproduced))],
      ...parts.map((of) => [
        "",
        `contradicted, ${of} parts`,
        ...sizes.map((size) => whole(at(count, size)?.contradicted[of])),
      ]),
    ]),
  );
}

const toldApartTable = ({ toldApart }: Calibration) =>
  table(
    [
      "replicates",
      "interval",
      ...Object.keys(toldApart[0]?.bySpreads ?? {}).map((size) => (size === "0" ? "no difference" : `${size} spreads`)),
    ],
    toldApart.map(({ replicates, method, bySpreads }) => [
      replicates,
      method,
      ...Object.entries(bySpreads).map(([size, share]) => (size === "0" ? percent(share) : whole(share))),
    ]),
  );

const table3Table = ({ table3 }: Calibration) =>
  table(
    ["unit", "deployments x runs", "spread of runs / of deployments", "p at most 0.05"],
    table3.map(({ unit, replicates, runs, run, share }) => [
      unit === "deployment" ? "deployment (default)" : "run (`--pairs run`)",
      `${replicates} x ${runs}`,
      run,
      percent(share),
    ]),
  );

const splitPlotTable = ({ splitPlot }: Calibration) => {
  const rows: readonly (readonly [string, keyof Calibration["splitPlot"]["found"][number]])[] = [
    ["a claim is decided wrongly, the worst of them", "claims"],
    ["C3 is decided at an edge of its range, the worse one", "edges"],
    ["two drivers are told apart", "drivers"],
    ["the two frequencies are told apart, within a deployment", "frequencies"],
    ["the two locations of network load are told apart, within a deployment", "locations"],
    ["a drift is decided", "drift"],
    ["*if each pair of scenarios were a unit*: two drivers are told apart", "eachPair"],
  ];
  return table(
    ["where nothing differs", ...splitPlot.found.map(({ replicates }) => counted(replicates, "replicate"))],
    rows.map(([words, key]) => [words, ...splitPlot.found.map((one) => percent(one[key]))]),
  );
};

/** How often verdicts err and how often they find what is there, as it was measured. */
export function calibrationText(measured: Calibration): string {
  const { datasets, replicates, noises, edges } = measured;
  const worst = Object.entries(edges).sort(([, a], [, b]) => Math.max(...b) - Math.max(...a))[0];
  const error = 300 * Math.sqrt((0.05 * 0.95) / datasets);
  return `## Calibration

\`node test/soak/calibration.ts\` makes up campaigns of the four experiments (packets, runs and deployments scatter), gives them to the code that judges real
ones, and counts. \`node measure/analysis/claims/document.ts\` writes its figures here. Each share is of ${datasets} data sets with ${replicates}
replicates of two runs of a hundred packets. A quarter of them each has: ${noises.join("; ")}. Shared conditions mean that all
scenarios of a driver have one deployment's condition within a replicate, own that each has its own.

### How often a verdict is wrong

Where no driver, load or frequency makes a difference, how often is a claim decided wrongly, and how often an order, which is then neither true
nor false, at all? A rule that states a range is tried at both edges of it, where it is neither true nor false. At most 5 % may be, and ${datasets} data
sets may show ${(5 + error).toFixed(1)} % for that. The worst edge is that of ${worst ? ruleNumber(worst[0]) : "none"}.

${errorTable(measured)}

A claim that cannot be tested on emulated servers shows 0 there. So do claims that state no difference (C3, C9, C14), which
are true here: their edge tells. The paper's own campaign, one deployment of ten runs, decides nothing.

### How many replicates to run

How often an order of two drivers is found, tested in one scenario each, by the size of the difference in spreads (standard deviations) of a
deployment's logarithm. *Contradicted* is the same difference in the other direction, in a claim of so many parts. Runs scatter as much as
deployments. More cells help where each has its own condition, and not where they share one.

${powerTable(measured)}

- **${capitalised(fewestReplicates)}** replicates reproduce what is large, and contradict only claims of one part.
- **${capitalised(replicates)}**, the default, are the fewest that decide every claim both ways, and find three spreads nearly always.
- **Twelve** find two spreads nearly always; **twenty** find one in most campaigns.

### Compare and demo

How often two drivers are told apart. Half of the data sets have heavy tails and rounded times, where Student's assumption fails.

${toldApartTable(measured)}

### Table 3

How often a row has p at most 0.05 where no driver differs. Runs for units are the paper's way.

${table3Table(measured)}

### Split plots

The experiments at the levels of the profile \`virtual\`, a run a scenario, in split plots: all scenarios of a whole plot have the condition of one
deployment, and each run one of its own. Each share is of ${measured.splitPlot.datasets} data sets, half of them each with: ${measured.splitPlot.noises.join("; ")}. So many
data sets may show ${(5 + 300 * Math.sqrt((0.05 * 0.95) / measured.splitPlot.datasets)).toFixed(1)} % for 5 %. The last row is what the analysis does not do, and why.

${splitPlotTable(measured)}
`;
}
