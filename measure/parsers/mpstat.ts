import { excerpt, FormatError } from "../../lib/format-error.ts";
import { type JsonNode, parseJsonLines } from "./json-lines.ts";

/** Per cent of the time of one CPU, or of all ("all"), over one interval; the fields of mpstat(1). */
export interface CpuLoad {
  usr: number;
  nice: number;
  sys: number;
  iowait: number;
  irq: number;
  soft: number;
  steal: number;
  guest: number;
  gnice: number;
  idle: number;
}

/** One interval. */
export interface MpstatSample {
  /** Its end by the host's local clock, in the form of its locale: "18:08:47", "06:08:47 PM", "18.08.47"; "" when there is none. */
  timestamp: string;
  all: CpuLoad;
  /** By CPU number (-P ALL), without those that were off. */
  cpus: Map<number, CpuLoad>;
  /** 100 - idle of all CPUs, the study's CPU usage in per cent (3.1.1). */
  cpuUsage: number;
}

export interface MpstatOutput {
  nodename: string;
  release: string;
  machine: string;
  cpuCount: number;
  /** As printed; its order depends on the locale mpstat ran under. */
  date: string;
  samples: MpstatSample[];
}

/** How far the fields of a row may be from 100 % together: each is rounded to 0.01, and counters are read one after the other. */
const roundingPercent = 0.1;
/** Where a CPU is (mpstat -T): of no use here. */
const placeFields = ["core", "socket", "node"];

const loadFields = ["usr", "nice", "sys", "iowait", "irq", "soft", "steal", "guest", "gnice", "idle"] as const;

/** 100 - idle. mpstat prints two decimals, and so has the result: subtracting binary fractions would leave a tail. */
const usageOf = (load: CpuLoad) => Math.max(0, Math.round((100 - load.idle) * 100) / 100);

/** Reads parts of mpstat's JSON; a part that is not as it should be is told with its line. */
class MpstatReader {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  output(root: JsonNode): MpstatOutput {
    const hosts = this.#list(this.#member(root, "sysstat"), "hosts");
    const host = hosts[0];
    if (!host || hosts.length !== 1) return this.#fail(root, `expected one host, found ${hosts.length}`);
    const count = this.#member(host, "number-of-cpus");
    return {
      nodename: this.#text(host, "nodename"),
      release: this.#text(host, "release"),
      machine: this.#text(host, "machine"),
      cpuCount:
        typeof count.value === "number" && count.value >= 1 ? count.value : this.#fail(count, "no number of CPUs"),
      date: this.#text(host, "date"),
      samples: this.#list(host, "statistics").map((sample) => this.#sample(sample)),
    };
  }

  #fail({ offset, line }: JsonNode, why: string): never {
    throw new FormatError({ source: this.#source, offset, line }, why);
  }

  #member(node: JsonNode, key: string): JsonNode {
    const found = node.value instanceof Map ? node.value.get(key) : undefined;
    return found ?? this.#fail(node, `no "${key}" here`);
  }

  #text(node: JsonNode, key: string): string {
    const found = this.#member(node, key);
    return typeof found.value === "string" ? found.value : this.#fail(found, `"${key}" is no text`);
  }

  #list(node: JsonNode, key: string): JsonNode[] {
    const found = this.#member(node, key);
    return Array.isArray(found.value) ? found.value : this.#fail(found, `"${key}" is no list`);
  }

  #percent(node: JsonNode, key: string): number {
    const found = this.#member(node, key);
    const { value } = found;
    // Rounding of counters read one after the other may show 100.01.
    return typeof value === "number" && value >= 0 && value <= 101
      ? value
      : this.#fail(found, `"${key}" is no percentage: ${excerpt(String(value))}`);
  }

  #load(node: JsonNode): CpuLoad {
    for (const [key, value] of node.value as Map<string, JsonNode>)
      if (key !== "cpu" && !placeFields.includes(key) && !loadFields.some((field) => field === key))
        this.#fail(value, `unknown field ${excerpt(key)} of a CPU`);
    return {
      usr: this.#percent(node, "usr"),
      nice: this.#percent(node, "nice"),
      sys: this.#percent(node, "sys"),
      iowait: this.#percent(node, "iowait"),
      irq: this.#percent(node, "irq"),
      soft: this.#percent(node, "soft"),
      steal: this.#percent(node, "steal"),
      guest: this.#percent(node, "guest"),
      gnice: this.#percent(node, "gnice"),
      idle: this.#percent(node, "idle"),
    };
  }

  /** The load of all CPUs. A row that does not account for all time, as when a counter went back, tells no usage. */
  #completeLoad(node: JsonNode): CpuLoad {
    const load = this.#load(node);
    const sum = loadFields.reduce((total, field) => total + load[field], 0);
    if (Math.abs(sum - 100) <= roundingPercent) return load;
    return this.#fail(node, `the fields of all CPUs add up to ${sum.toFixed(2)} % and not to 100: a counter went back`);
  }

  #sample(node: JsonNode): MpstatSample {
    // Nothing is computed from it, so any locale's form will do.
    const timestamp = node.value instanceof Map && node.value.has("timestamp") ? this.#text(node, "timestamp") : "";
    if (timestamp !== "" && !/\d/.test(timestamp)) this.#fail(this.#member(node, "timestamp"), "no time of day");
    const cpus = new Map<number, CpuLoad>();
    let all: CpuLoad | undefined;
    for (const entry of this.#list(node, "cpu-load")) {
      const cpu = this.#text(entry, "cpu");
      // Sysstat 12.0.0 to 12.0.3 call all CPUs "-1".
      if ((cpu === "all" || cpu === "-1") && !all) all = this.#completeLoad(entry);
      else if (/^\d{1,6}$/.test(cpu) && !cpus.has(Number(cpu))) cpus.set(Number(cpu), this.#load(entry));
      else this.#fail(entry, `unknown or repeated cpu ${excerpt(cpu)}`);
    }
    if (!all) return this.#fail(node, 'no cpu "all" in this sample');
    return { timestamp, all, cpus, cpuUsage: usageOf(all) };
  }
}

/**
 * Reads `mpstat -o JSON` of sysstat 12.
 * @param source how messages call the text, e.g. its path
 * @throws FormatError with the line for text that is no JSON (mpstat ended by anything but SIGINT), for a missing or
 *   surplus field, for a percentage outside 0 to 100, and where the fields of "all" do not add up to 100.
 */
export const parseMpstat = (text: string, source = "mpstat"): MpstatOutput =>
  new MpstatReader(source).output(parseJsonLines(text, source));

/**
 * Means of the fields of "all" over samples [from, to), each sample being an interval of the same length.
 * @throws RangeError when the window holds no sample or reaches over the ends
 */
export function averageLoad(
  samples: readonly MpstatSample[],
  from = 0,
  to = samples.length,
): CpuLoad & { cpuUsage: number } {
  if (!(from >= 0 && from < to && to <= samples.length))
    throw new RangeError(`no window [${from}, ${to}) in ${samples.length} samples of mpstat`);
  const window = samples.slice(from, to);
  const sum: CpuLoad = { usr: 0, nice: 0, sys: 0, iowait: 0, irq: 0, soft: 0, steal: 0, guest: 0, gnice: 0, idle: 0 };
  for (const { all } of window) for (const field of loadFields) sum[field] += all[field] / window.length;
  return { ...sum, cpuUsage: 100 - sum.idle };
}
