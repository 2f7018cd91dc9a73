import { join } from "node:path";
import { checkout } from "../../../lib/paths.ts";
import { publishFile } from "../../../lib/publish.ts";
import { arms } from "../arms.ts";
import { fewestReplicates, notEnough } from "../comparison.ts";
import { readCalibration } from "./calibration.ts";
import { calibrationText } from "./calibration-tables.ts";
import { fewestToContradict } from "./decide.ts";
import { capitalised, numberWord } from "./number-words.ts";
import { isShown, notTested } from "./rules.ts";
import { studyClaims } from "./study.ts";
import { reasonsAgainst, testedPart } from "./testable.ts";
import { ruleWords } from "./words.ts";
import { wrapped } from "./wrapped.ts";

const introduction = `# The paper's claims and their rules

Written by \`node measure/analysis/claims/document.ts\` from \`measure/analysis/claims/latency.ts\` and \`competition.ts\`, which is what
\`./lab analyse\` checks data against. The rules were fixed before there was data of a whole experiment, and no option changes them.

## How a rule decides

- The unit is the *deployment*: VMs are made anew for it, and a driver is given to it. Runs of a scenario in one deployment share whatever
  conditions it happened to get, so they are one value: the median of its runs' medians (of their interquartile ranges, largest RTTs, CPU usages).
- Two drivers are compared between scenarios of equal *cell* (number and kind of background VMs, load, location, frequency),
  *replicate* and campaign. Times and shares are compared by their ratio, CPU usages by their difference, unless the rule says else.
- Cells of one replicate are not independent: a change of frequency or load may leave VMs as they are, and in a split plot does. So a replicate is
  one number, the mean of its cells (of ratios the geometric mean), and *n counts replicates*. Where both sides of pairs were measured in the same VMs,
  the evidence says so: what differs between deployments is not in it (docs/statistics.md).
- The estimate is Hodges and Lehmann's with its 95 % interval, exact by the signed-rank test: without a difference, two deployments may
  change places, whatever the distribution. ${capitalised(fewestReplicates)} replicates are the fewest that have one; with one the answer is "${notEnough(1, fewestReplicates)}".
- A rule is *reproduced* by a 95 % interval inside what it states. It is *contradicted* by an interval outside, at 1 - 0.05 / parts, where
  the parts are all ways in which the claim can be contradicted (Bonferroni). Two to six parts take ${numberWord(fewestToContradict(2))} or ${numberWord(fewestToContradict(6))} replicates to contradict, ${numberWord(fewestReplicates)} to reproduce.
- A claim of several rules is contradicted by one, and reproduced by all of them. So each claim is decided by mistake in at most 5 %.
- "At each number of background VMs": one interval for each number that both drivers have, two numbers at least, each a part.
- *No difference* is an interval inside the margin that the rule names, never a large p.
- A number of the paper stands for a range from half of it to twice it; "halves" for a third to two thirds; "1.723 times" for a quarter to
  either side; "N % lower" for ten points of the ratio to either side.
- Of one driver's numbers the median over replicates is estimated, with the interval of the sign test, which holds for skewed data too.
- A deployment whose packets were all lost, or whose runs do not count, makes the number of its replicate unknown. Intervals hold whatever
  the unknown numbers are, and there is none where these could turn it (docs/statistics.md). The evidence counts them by driver.
- A rule on the size of a number or a ratio, or on *no difference*, takes only replicates with all cells; the others are counted.
- *Shown, not tested* are rules to which no interval can be given: the data's number stands beside the paper's, with the reason.
- Claims are judged one by one: with ${numberWord(studyClaims.length)} of them, one in twenty chance findings is to be expected.
- \`--pairs run\` and \`--pairs packet\` change Table 3 and Figure 21, never a claim. Their p speak of the deployments at hand only.

The evidence of each rule says what it was tested on: numbers of background VMs, loads, frequencies, replicates, deployments and runs.

## On emulated servers

Orderings of times are tested; absolute values, ratios, "no difference" and CPU usage are *not testable here*. Where an ordering names a
number of background VMs that emulated servers cannot carry, the most that all drivers compared have stands for it, and the evidence says so.

In virtual time (label \`emulated-virtual\`) one claim more is tested, C3: RTTs are shorter than ping's interval there, so the two frequencies are
two treatments, and each path is compared with itself. What is not tested there, and why, claim by claim:
`;

const frequenciesText = `
Where the achieved rates of ping overlap or are not known, 1 kpps and 1 Mpps are one treatment, and C3 is not testable on any servers.

## Names
`;

/** What of each claim is tested on which emulated servers, and why the rest is not, as a table. */
function testableTable(): string {
  const rows = studyClaims.map(({ id, rules }) => {
    const tested = (["emulated", "emulated-virtual"] as const).map((label) => testedPart(rules, label));
    return `| ${[id, ...tested, reasonsAgainst(rules, "emulated-virtual").join("; ")].join(" | ")} |`;
  });
  return [
    "| claim | emulated | emulated-virtual | why not the rest in virtual time |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}

const verdictsText = `
## Verdicts

| verdict | means |
|---|---|
| \`reproduced\`, \`contradicted\` | an interval decided, as above |
| \`not enough data\` | no deployments, too few replicates, or an interval that does not decide |
| \`not testable here\` | emulated servers, or frequencies that were one treatment |
| \`shown, not tested\` | no interval can be given |

"64" background VMs in competition is the most that VFs allow: 33 to 64 count as it. The evidence says which it was.
`;

/** docs/claims.md, from the rules and from what was measured of them. */
export function claimsDocument(): string {
  const names = Object.entries(arms).map(([name, what]) => `- **${name}**: ${what}`);
  const claims = studyClaims.flatMap(({ id, section, claim, reading, rules }) => [
    "",
    `### ${id} (${section})`,
    "",
    `${claim}.`,
    "",
    ...(reading ? [`Our reading: ${reading}.`, ""] : []),
    ...rules.map(
      (rule) => `- ${ruleWords(rule)}${isShown(rule) ? ` (shown, not tested: ${notTested[rule.kind]})` : ""}`,
    ),
  ]);
  return wrapped(
    `${introduction}\n${testableTable()}\n${frequenciesText}\n${names.join("\n")}\n${verdictsText}\n${calibrationText(readCalibration())}\n## The claims\n${claims.join("\n")}\n`,
  );
}

if (import.meta.main) await publishFile(join(checkout, "docs", "claims.md"), claimsDocument());
