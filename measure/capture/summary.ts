import { countAll, kindsText, tunnelsAmong } from "./other-frames.ts";

/** Something wrong with a capture, or worth knowing, that did not stop the reading. */
interface CaptureProblem {
  /** Byte of the file where it was met, or the first of several. */
  offset: number;
  message: string;
}

/** What a capture held, frame by frame: every frame is counted in exactly one of the groups below `frames`. */
export interface CaptureSummary {
  format: "pcap" | "pcapng" | null;
  /** Bytes read. */
  bytes: number;
  frames: number;
  /** First frames of an echo request, one for each exchange. */
  requests: number;
  /** Further frames of the same request: a NIC that echoes what it sends, or a capture of several interfaces. */
  requestCopies: number;
  /** Reply frames that belong to an exchange, duplicates among them. */
  replies: number;
  /** Requests among them that came again, as frames of their own, before an answer: which of them a reply answers is not certain. */
  requestsAgain: number;
  /** Reply frames without a request before them in the file that has their id, sequence number, addresses and data. */
  unmatchedReplies: number;
  /** Echo requests and replies of another id than the one asked for. */
  otherIds: number;
  arp: number;
  /** ICMP and ICMPv6 other than echo: errors, neighbour discovery. */
  otherIcmp: number;
  /** IP fragments other than the first, which carry no ICMP header. */
  fragments: number;
  /** Frames that end, by the snap length or by themselves, before the fields that are needed. */
  short: number;
  /** IP headers that contradict themselves. */
  malformed: number;
  /** Frames whose interface has a link type that is not read, and pcapng's simple packets, which have no time. */
  unread: number;
  /** Everything else: what was not looked into. */
  other: number;
  /** The same by kind, e.g. "UDP" or "VXLAN (UDP port 4789)". */
  otherKinds: Record<string, number>;
  problems: CaptureProblem[];
}

/** A summary of nothing yet. */
export const emptySummary = (): CaptureSummary => ({
  format: null,
  bytes: 0,
  frames: 0,
  requests: 0,
  requestCopies: 0,
  replies: 0,
  requestsAgain: 0,
  unmatchedReplies: 0,
  otherIds: 0,
  arp: 0,
  otherIcmp: 0,
  fragments: 0,
  short: 0,
  malformed: 0,
  unread: 0,
  other: 0,
  otherKinds: {},
  problems: [],
});

/** Problems kept at most, so that a damaged file cannot fill the memory. */
const mostProblems = 100;

export function noteProblem(summary: CaptureSummary, offset: number, message: string): void {
  if (summary.problems.length < mostProblems) summary.problems.push({ offset, message });
}

/** What a reader of the results should know of the file, as sentences; empty when all is as it should be. */
export function describeProblems(summary: CaptureSummary): string[] {
  const tunnels = tunnelsAmong(summary.otherKinds);
  const counted = (count: number, what: string) => (count > 0 ? [`${count} ${what}`] : []);
  return [
    ...summary.problems.map(({ offset, message }) => `byte ${offset}: ${message}`),
    ...counted(
      summary.unmatchedReplies,
      "echo replies without a request before them that they answer: not counted as exchanges",
    ),
    ...counted(
      summary.requestsAgain,
      "requests were sent again before an answer: a reply counts for the newest, which may be the wrong one",
    ),
    ...counted(countAll(tunnels), `frames of tunnels that were not looked into: ${kindsText(tunnels)}`),
    ...counted(summary.short, "frames too short, or cut too short by the snap length, to be read"),
    ...counted(summary.malformed, "frames with an IP header that contradicts itself"),
    ...counted(summary.fragments, "IP fragments other than the first: not read"),
    ...counted(summary.unread, "frames without a time or of a link type that is not read"),
  ];
}
