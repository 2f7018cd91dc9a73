import { z } from "zod";
import { LabError } from "../../lib/errors.ts";
import { parseRecords, wholeNumber } from "../../lib/key-value.ts";
import type { ServerConditions } from "../results/conditions.ts";

/** A layer that is not as it was made: what its mark says of it, and what it says of itself now (infra/scripts/proof.sh). */
export interface ChangedLayer {
  name: string;
  made: string;
  found: string;
}

/** What a server says of itself before a run and after it. */
export interface SeenServer {
  changed: ChangedLayer[];
  now: ServerConditions;
  /** As it was after the first run with this Main endpoint; undefined until one has ended. */
  first: ServerConditions | undefined;
}

const when = z.enum(["now", "first"]);
/** Empty where it is not known. */
const known = z.union([z.literal(""), wholeNumber]).transform((value) => (value === "" ? null : value));

/** A line of infra/scripts/as-deployed.sh. */
const seenRecord = z.discriminatedUnion("record", [
  z.strictObject({ record: z.literal("layer"), name: z.string(), made: z.string(), found: z.string() }),
  z.strictObject({
    ...{ record: z.literal("policy"), when, cpus: z.string(), governor: z.string(), least_khz: z.string() },
    ...{ most_khz: z.string(), preference: z.string(), no_turbo: z.string(), boost: z.string() },
    numa_balancing: z.string(),
  }),
  z.strictObject({
    ...{ record: z.literal("port"), when, name: z.string(), vfs: wholeNumber, carrier: z.string() },
    // A port without a link says -1.
    ...{ speed_mbps: z.preprocess((text) => (text === "-1" ? "" : text), known), duplex: z.string() },
    link_changes: known,
  }),
]);
type SeenRecord = z.infer<typeof seenRecord>;

function conditionsIn(records: readonly SeenRecord[], at: "now" | "first"): ServerConditions | undefined {
  const ofThen = records.flatMap((record) => (record.record !== "layer" && record.when === at ? [record] : []));
  const [policy] = ofThen.flatMap((record) => (record.record === "policy" ? [record] : []));
  if (policy === undefined) return undefined;
  const { cpus, governor, preference, boost } = policy;
  const [leastKhz, mostKhz] = [policy.least_khz, policy.most_khz];
  return {
    policy: {
      ...{ cpus, governor, leastKhz, mostKhz, preference, boost },
      ...{ noTurbo: policy.no_turbo, numaBalancing: policy.numa_balancing },
    },
    ports: ofThen.flatMap((record) => {
      if (record.record !== "port") return [];
      const { name, vfs, carrier, duplex, speed_mbps: speedMbps, link_changes: linkChanges } = record;
      return [{ name, vfs, carrier: carrier === "1", speedMbps, duplex, linkChanges }];
    }),
  };
}

/** Reads what infra/scripts/as-deployed.sh prints. @throws LabError with the line that is not understood */
export function parseSeen(text: string, where: string): SeenServer {
  const records = parseRecords(seenRecord, text, `${where}: whether it is as it was deployed`);
  const now = conditionsIn(records, "now");
  if (now === undefined) throw new LabError(`${where}: does not say how its CPUs are driven (record=policy when=now)`);
  return {
    changed: records.flatMap((record) => (record.record === "layer" ? [record] : [])),
    ...{ now, first: conditionsIn(records, "first") },
  };
}
