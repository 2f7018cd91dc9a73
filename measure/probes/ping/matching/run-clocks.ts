import { mainMetric, timeMetrics } from "../../../../study/metric-lists.ts";
import { metrics } from "../../../../study/metrics.ts";
import type { ClockName } from "../../../../study/points.ts";
import { type ClockComparison, compareClocks, type OffsetBound } from "./clocks.ts";
import type { PacketRecord } from "./packet-record.ts";
import type { Sightings } from "./packet-values.ts";

/** Comparisons of the clocks of a run; null where no packet allows one. */
export interface RunClocks {
  /** The Sender server's clock against the Sender VM's, which ping's RTT and the stamps inside its packets are from. */
  senderVm: ClockComparison | null;
  /** The Responder server's clock against the Sender server's. */
  servers: ClockComparison | null;
}

/** ping's stamps are whole microseconds, cut off. */
const pingStepNs = 1000;

/** Compares the clocks of a run by its packets. `sightings` has an entry for each packet. */
export function compareRunClocks(packets: readonly PacketRecord[], sightings: readonly Sightings[]): RunClocks {
  return {
    senderVm: compare(guestBounds(packets, sightings)),
    servers: compare(serverBounds(packets, sightings)),
  };
}

const compare = (bounds: OffsetBound[]) => (bounds.length === 0 ? null : compareClocks(bounds));

function guestBounds(packets: readonly PacketRecord[], sightings: readonly Sightings[]): OffsetBound[] {
  const bounds: OffsetBound[] = [];
  let origin: { guestUs: number; hostNs: bigint } | undefined;
  packets.forEach(({ index, values, flags }, at) => {
    const seen = sightings[at]?.["sender.virt"] ?? sightings[at]?.["sender.nic"];
    const rttNs = values[mainMetric];
    if (!seen || seen.sentUs === null || seen.replyNs === null || rttNs === null || flags[mainMetric]) return;
    origin ??= { guestUs: seen.sentUs, hostNs: seen.requestNs };
    const atNs = (seen.sentUs - origin.guestUs) * 1000;
    const untilNs = atNs + rttNs;
    const highNs = Number(seen.requestNs - origin.hostNs) - atNs;
    const lowNs = Number(seen.replyNs - origin.hostNs) - untilNs - pingStepNs;
    bounds.push({ index, atNs, untilNs, lowNs, highNs });
  });
  return bounds;
}

function serverBounds(packets: readonly PacketRecord[], sightings: readonly Sightings[]): OffsetBound[] {
  const bounds: OffsetBound[] = [];
  let origin: { near: bigint; far: bigint } | undefined;
  packets.forEach(({ index }, at) => {
    const near = sightings[at]?.["sender.nic"];
    const far = sightings[at]?.["responder.nic"];
    if (!near || !far || near.replyNs === null || far.replyNs === null) return;
    origin ??= { near: near.requestNs, far: far.requestNs };
    const atNs = Number(near.requestNs - origin.near);
    const untilNs = Number(near.replyNs - origin.near);
    const highNs = Number(far.requestNs - origin.far) - atNs;
    const lowNs = Number(far.replyNs - origin.far) - untilNs;
    bounds.push({ index, atNs, untilNs, lowNs, highNs });
  });
  return bounds;
}

/** Flags every value that stands on a clock which may have been set while its packet was under way. */
export function flagClockSteps(packets: readonly PacketRecord[], clocks: RunClocks): void {
  flag(packets, clocks.senderVm, ["senderVm", "sender"]);
  flag(packets, clocks.servers, ["sender", "responder"]);
}

function flag(
  packets: readonly PacketRecord[],
  comparison: ClockComparison | null,
  compared: readonly ClockName[],
): void {
  if (!comparison || comparison.affected.size === 0) return;
  // Two clocks disagree, and which of them was set cannot be told: what either one measured is doubtful.
  const doubtful = timeMetrics.filter((metric) => metrics[metric].clocks.some((clock) => compared.includes(clock)));
  for (const packet of packets)
    if (comparison.affected.has(packet.index))
      for (const metric of doubtful)
        if (packet.values[metric] !== null) packet.flags[metric] ??= "a clock was set while the packet was under way";
}

/** Where a clock of a comparison was set, as sentences. @param whose the two clocks */
export const describeSteps = (whose: string, comparison: ClockComparison | null): string[] =>
  (comparison?.steps ?? []).map(
    ({ index, jumpNs }) =>
      `between the clocks of ${whose} the difference jumped by at least ${(Math.abs(jumpNs) / 1e6).toFixed(3)} ms before packet ${index}`,
  );
