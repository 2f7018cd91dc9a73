import type { EchoExchange } from "../../measure/capture/exchange.ts";
import { parsePing } from "../../measure/probes/ping/parser/ping.ts";
import { type PointName, pointNames } from "../../study/points.ts";

/** When a packet passed the points, in ms: there at the four, back at the four in the other order. */
export type Passage = (number | null)[];
const guestUs = 1_700_000_000_000_000;
const clock = { sender: 1_800_000_000_000_000_000n, responder: 1_900_000_000_000_000_000n };

/** A run of packets 2 ms apart that take the same way, each 0.1 ms a hop and 1 ms an RTT, but where a change says else. */
export function madeRun(
  count: number,
  change: (index: number, passage: Passage) => Passage = (_index, passage) => passage,
  lines: (index: number) => string[] = (index) => [
    `26 bytes from 10.9.0.201: icmp_seq=${index & 0xffff} ttl=64 time=1.000 ms`,
  ],
  first = 1,
) {
  const points = new Map<PointName, EchoExchange[]>(pointNames.map((name) => [name, []]));
  const printed: string[] = [];
  for (let index = first; index < first + count; index++) {
    const passage = change(index, [0.1, 0.2, 0.4, 0.5, 0.6, 0.7, 0.9, 0.95]);
    printed.push(...lines(index));
    pointNames.forEach((name, at) => {
      const [there, back] = [passage[at] ?? null, passage[7 - at] ?? null];
      if (there === null) return;
      const origin = name.startsWith("sender") ? clock.sender : clock.responder;
      const ns = (ms: number) => origin + BigInt(Math.round((ms + 2 * index) * 1e6));
      points.get(name)?.push({
        id: 7,
        seq: index & 0xffff,
        family: 4,
        source: "10.9.0.101",
        target: "10.9.0.201",
        requestNs: ns(there),
        replyNs: back === null ? null : ns(back),
        rttNs: back === null ? null : Math.round((back - there) * 1e6),
        duplicates: 0,
        requestCopies: 0,
        checksum: index % 60_000,
        sentUs: guestUs + 2000 * index,
      });
    });
  }
  const replies = printed.filter((line) => line.includes("bytes from"));
  const duplicates = replies.filter((line) => line.includes("DUP!")).length;
  const received = replies.length - duplicates;
  const sent = first + count - 1;
  const totals = `${sent} packets transmitted, ${received} received${duplicates > 0 ? `, +${duplicates} duplicates` : ""}, ${Number((100 * (1 - received / sent)).toPrecision(6))}% packet loss, time 0ms`;
  const text = [
    "PING a (10.9.0.201) 18(46) bytes of data.",
    ...printed,
    "",
    "--- a ping statistics ---",
    totals,
    "",
  ].join("\n");
  return {
    ping: parsePing(text),
    id: 7,
    points: Object.fromEntries(points) as Record<PointName, EchoExchange[]>,
  };
}
/** Lines of ping for all packets but one. */
export const noLine = (lost: number) => (index: number) =>
  index === lost ? [] : [`26 bytes from 10.9.0.201: icmp_seq=${index & 0xffff} ttl=64 time=1.000 ms`];
