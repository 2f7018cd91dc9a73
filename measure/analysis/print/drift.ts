import { measures } from "../../../study/metric-lists.ts";
import type { Analysis } from "../analyse.ts";
import { changeWords } from "../drift.ts";
import type { PlainTable } from "./table.ts";

/** The drift of each measure as a table. */
export function driftTable({ drift }: Pick<Analysis, "drift">): PlainTable {
  return {
    title: "Drift: change from the first scenario of a replicate to the last",
    head: ["measure", "replicates", "deployments", "change [95 % interval]"],
    rows: drift.map((change) => [
      measures[change.measure].what,
      change.replicates,
      change.deployments,
      changeWords(change),
    ]),
    notes: [
      "beside the effects of scenarios and replicates; a scenario of a replicate is one value, a replicate one slope",
    ],
  };
}
