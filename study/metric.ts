import type { Role } from "../lib/roles.ts";
import type { PacketStamps, PacketTime } from "./packet-times.ts";
import type { ClockName, PointName } from "./points.ts";

/** What analyses make of the values of one run: their median, interquartile range or maximum; of a single value, itself. */
export type Statistic = "median" | "spread" | "max";

/** A number that a run has one of. */
export interface MeasureRow {
  statistic: Statistic;
  what: string;
  /** Whether `./lab compare` has a row for it, and whether its drift over a campaign is told. */
  compared?: true;
  drifts?: true;
}

interface MetricBase {
  /** What it is, for columns and documents. */
  what: string;
  /** What it is called above a column of a printed table. */
  head?: string;
  /** What manifests and the JSON of analyses call its summary in milliseconds; the first such metric is the study's main one. */
  published?: string;
  /** By the measure's name; that of the median is the metric's. */
  measures?: Record<string, MeasureRow>;
}

/** A time of each packet, in whole nanoseconds: a difference of stamps of one clock, or of two such differences. A clock may be shared. */
export interface TimeRow extends MetricBase {
  kind: "time";
  /** How it is found from stamps, in words. */
  from: string;
  value: PacketTime;
  /** Why it is missing in a packet, where that is not for want of a capture or a reply; undefined where it is. */
  whyMissing?(stamps: PacketStamps): string | undefined;
  /** Clocks that it rests on. */
  clocks: readonly ClockName[];
  /** Capture points that it needs. */
  points: readonly PointName[];
  /** The least that is possible, nanoseconds: 1 where a packet must have taken time; 0 where two points may share a stamp; null where it may be negative. */
  leastNs: 0 | 1 | null;
  /** The metric that it is a part of, and must be less than. */
  partOf?: string;
  /** A difference of stamps of the two servers: it is there only where they share a clock. */
  acrossServers?: true;
}

/** What part of the whole one time of a packet is: 0 to 1. */
interface ShareRow extends MetricBase {
  kind: "share";
  part: string;
  whole: string;
}

/** CPU usage of a server in the window with ping, per cent. */
interface CpuRow extends MetricBase {
  kind: "cpu";
  server: Role;
}

export type MetricRow = TimeRow | ShareRow | CpuRow;

/** Units in which the values of each kind of metric are kept. */
export const keptUnits = { time: "ns", share: "1", cpu: "%" } as const satisfies Record<MetricRow["kind"], string>;

/** Units of the values of any probe's metric: those, and of rates a second. */
export type MetricUnit = (typeof keptUnits)[MetricRow["kind"]] | "1/s";

/** Units of what analyses show of each kind of metric. */
export const shownUnits = { time: "ms", share: "of 1", cpu: "%" } as const satisfies Record<MetricRow["kind"], string>;
