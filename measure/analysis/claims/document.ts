import { join } from "node:path";
import { checkout } from "../../../lib/paths.ts";
import { publishFile } from "../../../lib/publish.ts";
import { arms } from "../arms.ts";
import { studyClaims } from "./study.ts";
import { ruleWords } from "./words.ts";

const introduction = `# The paper's claims and their rules

Written by \`node measure/analysis/claims/document.ts\` from \`measure/analysis/claims/latency.ts\` and \`competition.ts\`, which is what
\`./lab analyse\` checks data against. The rules were fixed before there was data of a whole experiment, and no option changes them.

## How a rule decides

- The unit is a run: its median (spread, maximum, CPU usage). Two drivers are compared on pairs of runs with equal number and kind of
  background VMs, load, location, frequency, replicate and run number. \`--pairs packet\` changes Table 3 and Figure 21, never a claim.
- A *difference* is the Hodges-Lehmann estimate with its 95 % interval, exact up to 50 pairs. A *ratio* is the same of logarithms.
  "Below" is an interval below 0; an interval above 0 contradicts; one that holds 0 is not enough data. Six pairs are the fewest that have an
  interval at 95 %.
- "At each number of background VMs": an interval for each number that both drivers have, two at least, with Bonferroni's correction, so
  that 95 % holds for all at once.
- *No difference* is an interval inside the margin that the rule names, never a large p.
- A number of the paper stands for a range from half of it to twice it; "halves" for a third to two thirds; "1.723 times" for a quarter to either side; "N % lower" for ten points of the ratio to
  either side. The interval of the median over runs (bootstrap, BCa, six runs at least) inside the range reproduces, outside it contradicts.
- A claim of several rules is contradicted by one, and reproduced by all of them.
- Claims are judged one by one: with nineteen of them, one in twenty chance findings is to be expected.

## On emulated servers

Only orderings of times are tested; absolute values, ratios, "no difference" and CPU usage are *not testable here*. Where an ordering names a
number of background VMs that emulated servers cannot carry, the most that all drivers compared have stands for it.

Where the achieved rates of ping overlap, 1 kpps and 1 Mpps are one treatment, and C3 is not testable on any servers.

## Names
`;

const verdictsText = `
## Verdicts

\`reproduced\`, \`contradicted\`, \`not enough data\` (no runs, too few, or an interval that does not decide), \`not testable here\`. "64" background VMs in
competition is the most that VFs allow: 33 to 64 count as it.
`;

/** docs/claims.md, from the rules. */
export function claimsDocument(): string {
  const names = Object.entries(arms).map(([name, what]) => `- **${name}**: ${what}`);
  const claims = studyClaims.flatMap(({ id, section, claim, reading, rules }) => [
    "",
    `### ${id} (${section})`,
    "",
    `${claim}.`,
    "",
    ...(reading ? [`Our reading: ${reading}.`, ""] : []),
    ...rules.map((rule) => `- ${ruleWords(rule)}`),
  ]);
  return `${introduction}\n${names.join("\n")}\n${verdictsText}\n## The claims\n${claims.join("\n")}\n`;
}

if (import.meta.main) await publishFile(join(checkout, "docs", "claims.md"), claimsDocument());
