import { canonicalJson } from "../../lib/canonical.ts";
import { counted } from "../../lib/counted.ts";
import { LabError } from "../../lib/errors.ts";
import { DEFAULT_QUANTILE_TYPE, type QuantileType, quantile } from "./quantiles.ts";

/**
 * What one pair is made of. Packets of one run share its conditions and are not independent, so the default is the median
 * of a run; `packet` is the paper's own way (section 5), whose p-values overstate the evidence.
 */
const PAIRING_UNITS = ["run-median", "packet"] as const;
export type PairingUnit = (typeof PAIRING_UNITS)[number];

/** A factor's name and its level: number of background VMs, load type, load location, ping frequency… */
export type CellFactors = Readonly<Record<string, string | number>>;

/** One metric of one run of one driver. */
export interface RunSample {
  /** The cell of the design: every factor that both sides of a pair must share, so not the driver. */
  cell: CellFactors;
  /** Which deployment of the scenario the run belongs to. */
  replicate: number;
  run: number;
  /** Where the run is kept, for messages. */
  folder?: string;
  /** The index of each packet in its run, as the ICMP sequence number; [0] for a metric with one value a run. */
  packets: ArrayLike<number>;
  /** The metric of each packet, null where it is unavailable or the packet was lost. */
  values: ArrayLike<number | null>;
}

export interface PairingOptions {
  /** Default run-median. */
  unit?: PairingUnit;
  /** Hyndman-Fan type of the run's median, default 7. */
  quantileType?: QuantileType;
}

/** How the pairs of a test were formed; kept and printed with its result. */
interface PairingRecord {
  unit: PairingUnit;
  /** What had to be equal on both sides. */
  matchedOn: string[];
  pairs: number;
  /** Cells of the design that gave at least one pair. */
  cells: number;
  /** Units of each side that the other side lacks. */
  unmatched: { first: number; second: number };
  /** Units of each side that have no value: every packet, or the packet itself, lost or unavailable. */
  withoutValue: { first: number; second: number };
  /** The same in a sentence. */
  statement: string;
}

export interface PairedSample {
  x: Float64Array;
  y: Float64Array;
  record: PairingRecord;
}

/**
 * Forms the pairs of two drivers' runs: equal cell, replicate and run, and for the unit `packet` equal packet index. Pairs
 * come in the order of the first side's runs; a unit without a value or a partner makes no pair and is counted.
 *
 * @throws LabError where a run appears twice on a side, runs name different factors, a packet index repeats, or a value
 * is not finite
 */
export function formPairs(
  first: readonly RunSample[],
  second: readonly RunSample[],
  options: PairingOptions = {},
): PairedSample {
  const { unit = "run-median", quantileType = DEFAULT_QUANTILE_TYPE } = options;
  const factors = factorNames([...first, ...second]);
  const [left, right] = [index(first, "first"), index(second, "second")];
  const unitsOf = (sample: RunSample) => (unit === "packet" ? valueByPacket(sample) : runMedian(sample, quantileType));

  const x: number[] = [];
  const y: number[] = [];
  const cells = new Set<string>();
  const lone = { first: 0, second: 0 };
  const withoutValue = { first: 0, second: 0 };
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const [a, b] = [left.get(key), right.get(key)];
    const valuesA = a === undefined ? new Map<number, number>() : unitsOf(a);
    const valuesB = b === undefined ? new Map<number, number>() : unitsOf(b);
    withoutValue.first += unitCount(a, unit) - valuesA.size;
    withoutValue.second += unitCount(b, unit) - valuesB.size;
    let matched = 0;
    for (const [packet, value] of valuesA) {
      const other = valuesB.get(packet);
      if (other === undefined) continue;
      matched++;
      x.push(value);
      y.push(other);
    }
    lone.first += valuesA.size - matched;
    lone.second += valuesB.size - matched;
    if (a !== undefined && matched > 0) cells.add(canonicalJson(a.cell));
  }

  const matchedOn = [...factors, "replicate", "run", ...(unit === "packet" ? ["packet"] : [])];
  const record = { unit, matchedOn, pairs: x.length, cells: cells.size, unmatched: lone, withoutValue };
  return {
    x: Float64Array.from(x),
    y: Float64Array.from(y),
    record: { ...record, statement: describe(record, quantileType) },
  };
}

function factorNames(samples: readonly RunSample[]): string[] {
  const names = Object.keys(samples[0]?.cell ?? {}).sort();
  const expected = names.join(", ");
  for (const sample of samples) {
    const found = Object.keys(sample.cell).sort().join(", ");
    if (found !== expected) {
      throw new LabError(`runs to be paired must name the same factors, but one has (${expected}) and one (${found})`);
    }
  }
  return names;
}

function index(samples: readonly RunSample[], side: string): Map<string, RunSample> {
  const byKey = new Map<string, RunSample>();
  for (const sample of samples) {
    const { cell, replicate, run, packets, values } = sample;
    const key = canonicalJson([cell, replicate, run]);
    const where = `run ${run} of replicate ${replicate} in ${canonicalJson(cell)}`;
    const other = byKey.get(key);
    if (other !== undefined) {
      const folders = [other.folder, sample.folder].filter((folder) => folder !== undefined);
      throw new LabError(
        `${where} appears twice on the ${side} side${folders.length > 0 ? `, in ${folders.join(" and ")}` : ""}; pair one driver with one driver`,
      );
    }
    if (packets.length !== values.length) {
      throw new LabError(`${where} has ${packets.length} packet indices for ${values.length} values`);
    }
    byKey.set(key, sample);
  }
  return byKey;
}

/** Gives each packet that has a value to `use`, having checked that no packet comes twice. */
function eachValue({ packets, values, run, replicate }: RunSample, use: (packet: number, value: number) => void): void {
  const seen = isAscending(packets) ? undefined : new Set<number>();
  for (let i = 0; i < packets.length; i++) {
    const packet = packets[i]!;
    const value = values[i];
    const where = () => `packet ${packet} of run ${run}, replicate ${replicate},`;
    if (seen?.has(packet)) throw new LabError(`${where()} appears twice; count duplicates before pairing`);
    seen?.add(packet);
    if (value === null || value === undefined) continue;
    if (!Number.isFinite(value)) throw new LabError(`${where()} has the value ${value}; a missing value is null`);
    use(packet, value);
  }
}

/** Packets in ascending order, as a capture has them, cannot repeat: most runs need no set to find that out. */
function isAscending(packets: ArrayLike<number>): boolean {
  for (let i = 1; i < packets.length; i++) if (!(packets[i - 1]! < packets[i]!)) return false;
  return true;
}

function valueByPacket(sample: RunSample): Map<number, number> {
  const byPacket = new Map<number, number>();
  eachValue(sample, (packet, value) => byPacket.set(packet, value));
  return byPacket;
}

function runMedian(sample: RunSample, type: QuantileType): Map<number, number> {
  const values: number[] = [];
  eachValue(sample, (_, value) => values.push(value));
  return new Map(values.length === 0 ? [] : [[0, quantile(values, 0.5, type)]]);
}

function unitCount(sample: RunSample | undefined, unit: PairingUnit): number {
  if (sample === undefined) return 0;
  return unit === "packet" ? sample.packets.length : 1;
}

function describe(record: Omit<PairingRecord, "statement">, type: QuantileType): string {
  const what =
    record.unit === "packet"
      ? "a pair is two packets (not independent within a run)"
      : `a pair is the medians (Hyndman-Fan type ${type}) of two runs`;
  const { unmatched, withoutValue } = record;
  return (
    `${what} of equal ${record.matchedOn.join(", ")}: ${counted(record.pairs, "pair")} from ${counted(record.cells, "cell")}; ` +
    `without a partner ${unmatched.first} and ${unmatched.second}, without a value ${withoutValue.first} and ${withoutValue.second}`
  );
}
