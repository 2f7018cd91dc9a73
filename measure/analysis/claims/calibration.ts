import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const share = z.number().min(0).max(1);
const shares = z.record(z.string(), share);

/** What `node test/soak/calibration.ts` measured on made-up campaigns; shares of data sets. */
const calibrationSchema = z.object({
  /** What was judged: statements of all rules. A change of them asks for another measurement. */
  rules: z.record(z.string(), z.string()),
  /** Replicates of the campaigns, and data sets that each share is of. */
  replicates: z.int().min(1),
  datasets: z.int().min(1),
  seed: z.int(),
  noises: z.array(z.string()),
  /** Claims decided wrongly where no driver differs, by profile. */
  claims: z.record(z.string(), shares),
  /** Of rules whose edge that is, decided at all, by profile. */
  rulesWithoutDifference: z.record(z.string(), shares),
  /** Rules that state a range, decided at its lower and upper edge. */
  edges: z.record(z.string(), z.array(share)),
  power: z.array(z.object({ replicates: z.int(), spreads: z.number(), reproduced: share, contradicted: shares })),
  /** `compare` and `demo`: told apart, by replicates and by the difference in spreads of a deployment. */
  toldApart: z.array(z.object({ replicates: z.int(), method: z.string(), bySpreads: shares })),
  /** A row of Table 3 with p at most 0.05 where no driver differs. */
  table3: z.array(z.object({ unit: z.string(), replicates: z.int(), runs: z.int(), run: z.number(), share })),
  /** Campaigns in split plots in which nothing differs and nothing drifts: what was found all the same. */
  splitPlot: z.object({
    datasets: z.int().min(1),
    noises: z.array(z.string()),
    found: z.array(
      z.object({
        replicates: z.int(),
        /** The claim that was decided wrongly most often, and C3 at the worse edge of its range. */
        ...{ claims: share, edges: share },
        /** Told apart: two drivers, both frequencies, both locations of network load; and a drift that was decided. */
        ...{ drivers: share, frequencies: share, locations: share, drift: share },
        /** Two drivers, if each pair of scenarios were a unit. */
        eachPair: share,
      }),
    ),
  }),
});
export type Calibration = z.infer<typeof calibrationSchema>;

export const calibrationFile: string = join(import.meta.dirname, "calibration.json");

/** The measured table. @throws Error where the file is not one */
export const readCalibration = (): Calibration =>
  calibrationSchema.parse(JSON.parse(readFileSync(calibrationFile, "utf8")));
