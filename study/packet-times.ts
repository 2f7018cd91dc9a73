import type { Role } from "../lib/roles.ts";
import { onSharedClock, type StampMap } from "../lib/stamp-map.ts";
import { type PointName, roleOfPoint } from "./points.ts";

/** When a request and its reply passed a capture point, in nanoseconds since the epoch by its server's clock. */
interface PointStamps {
  requestNs: bigint;
  /** Null where the capture has no reply; `rttNs`, their difference, is null then too. */
  replyNs: bigint | null;
  rttNs: number | null;
}

/** When a request left, by the Sender VM's clock. */
interface RequestSent {
  /** Nanoseconds since some time of the run; null where it is not known. */
  atNs: number | null;
  /** Of the request before it. */
  beforeNs: number | null;
  isFirst: boolean;
  /** What ping was to wait from request to request; null where it is not known. */
  intervalNs: number | null;
}

/** What is known of one packet. */
export interface PacketStamps {
  /** The RTT that ping reports, nanoseconds; null where it reports none. */
  rttNs: number | null;
  /** Undefined where a point did not see the packet, or is not there. */
  seen: Readonly<Partial<Record<PointName, PointStamps | undefined>>>;
  /** Where the two servers' stamps lie on the clock that they share; left out where they share none. */
  shared?: Readonly<Record<Role, StampMap>> | undefined;
  sent: RequestSent;
}

/** A time of a packet, in nanoseconds; null where a stamp of it is missing. */
export type PacketTime = (stamps: PacketStamps) => number | null;

type Way = "requestNs" | "replyNs";
const stampOf = ({ seen }: PacketStamps, point: PointName, way: Way): bigint | null => seen[point]?.[way] ?? null;

/** What ping reports. */
export const reportedRtt: PacketTime = ({ rttNs }) => rttNs;

/** From the request to the reply at a point. */
export const rttAt =
  (point: PointName): PacketTime =>
  ({ seen }) =>
    seen[point]?.rttNs ?? null;

/** A time without a part of it. */
export const without =
  (whole: PacketTime, part: PacketTime): PacketTime =>
  (stamps) => {
    const [ofWhole, ofPart] = [whole(stamps), part(stamps)];
    return ofWhole === null || ofPart === null ? null : ofWhole - ofPart;
  };

/** From one point of a server to another one, by its clock. */
export const between =
  (way: Way, from: PointName, to: PointName): PacketTime =>
  (stamps) => {
    const [left, came] = [stampOf(stamps, from, way), stampOf(stamps, to, way)];
    return left === null || came === null ? null : Number(came - left);
  };

/** From a point of one server to a point of the other, on the clock that they share. */
export const acrossServers =
  (way: Way, from: PointName, to: PointName): PacketTime =>
  (stamps) => {
    const [left, came] = [stampOf(stamps, from, way), stampOf(stamps, to, way)];
    const { shared } = stamps;
    if (!shared || left === null || came === null) return null;
    return Math.round(onSharedClock(shared[roleOfPoint(to)], came) - onSharedClock(shared[roleOfPoint(from)], left));
  };
