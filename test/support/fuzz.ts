import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { FormatError } from "../../lib/format-error.ts";
import { streamCapture } from "../../measure/capture/command.ts";
import { readCapture } from "../../measure/capture/exchanges.ts";
import { type CaptureSummary, emptySummary } from "../../measure/capture/summary.ts";
import { parseMpstat } from "../../measure/parsers/mpstat.ts";
import { parseNetperf } from "../../measure/probes/netperf/netperf-output.ts";
import { matchRun } from "../../measure/probes/ping/matching/match-run.ts";
import { parsePing } from "../../measure/probes/ping/parser/ping.ts";
import { arp, cooked2, echo4, echo6, ethernet, hex, inChunks, pcap } from "./frames.ts";
import { byteMutations, mutate, textMutations } from "./mutate.ts";
import { PcapngBuilder } from "./pcapng.ts";

const runs = join(import.meta.dirname, "../data/runs");
const real = (name: string) => readFileSync(join(runs, name));
/** The front of a real capture: mutations of a whole one would mostly hit data that nobody reads. */
const front = (name: string) => real(name).subarray(0, 24 + 6 * 76);

const made = [
  ethernet(echo4()),
  ethernet(echo4({ reply: true }), [0x8100]),
  ethernet(echo6({}, [{ type: 60, bytes: hex("00 00 0104 0000 0000") }])),
  ethernet(echo6({ reply: true }), [0x88a8, 0x8100]),
  ethernet(echo4({}, { options: hex("01010101"), fragment: 0x2000 })),
  arp(),
];
const records = made.map((frame, index) => ({ at: BigInt(index) * 400_000_000n, frame }));

const pcaps = [
  front("virtio-bridge/sender-nic.pcap"),
  front("macvtap-passthrough/responder-nic.pcap"),
  pcap(records),
  pcap(records, { nanos: false, big: true }),
  pcap([{ at: 1n, frame: cooked2(echo6()) }], { link: 276 }),
];
const pcapngs = [false, true].map((big) => {
  const builder = new PcapngBuilder(big)
    .interface({ resolution: 9 })
    .interface({ link: 276, resolution: 0x8a, offset: -5n });
  for (const [index, frame] of made.entries()) builder.packet(BigInt(index) << 33n, frame).oldPacket(7n, frame);
  builder.packet(5n, cooked2(echo4()), 1).simplePacket(arp()).drops(1n).block(4, Buffer.alloc(12));
  return builder
    .section()
    .interface()
    .packet(9n, made[0] as Buffer)
    .bytes();
});

const pings = [real("virtio-bridge/ping.txt"), real("macvtap-passthrough/ping.txt")].map((text) =>
  Buffer.from(
    text
      .toString()
      .split("\n")
      .filter((_, line, all) => line < 12 || line > all.length - 6)
      .join("\n")
      .replaceAll(/100 (packets|received)/g, "11 $1"),
  ),
);
/** One interval, and the first of a real file. */
const mpstats = [
  Buffer.from(
    '{"sysstat":{"hosts":[{"nodename":"a","sysname":"Linux","release":"6","machine":"x","number-of-cpus":1,"date":"11/23/26","statistics":[{"timestamp":"18:08:47","cpu-load":[{"cpu":"all","usr":3.35,"nice":0.00,"sys":40.78,"iowait":0.00,"irq":0.00,"soft":3.35,"steal":0.00,"guest":6.15,"gnice":0.00,"idle":46.37}]}]}]}}',
  ),
  Buffer.from(
    real("virtio-bridge/mpstat-sender.json")
      .toString()
      .replace(/\},\n\t{4}\{[\s\S]*/, "}]}]}}"),
  ),
];

/** Real ones, and one with numbers so far apart that most digits may be others. */
const netperfs = [
  ...["loopback", "lost-response", "no-response"].map((name) =>
    readFileSync(join(import.meta.dirname, `../data/netperf/${name}.txt`)),
  ),
  Buffer.from(
    ["UDP", "TCP"]
      .map(
        (protocol) =>
          `PROTOCOL=${protocol}\nELAPSED_TIME=100000.00\nTRANSACTION_RATE=100000000.500\nMEAN_LATENCY=50000000.00\nMIN_LATENCY=1000\nP50_LATENCY=50000\nP90_LATENCY=5000000\nP99_LATENCY=500000000\nMAX_LATENCY=90000000000\n`,
      )
      .join(""),
  ),
];

/** What a fuzzing saw: inputs that were read, and inputs that were refused. */
export interface FuzzCount {
  accepted: number;
  rejected: number;
}

async function fuzz(
  runs: number,
  seed: number,
  inputs: fc.Arbitrary<Buffer>,
  body: (input: Buffer) => Promise<boolean>,
): Promise<FuzzCount> {
  const count: FuzzCount = { accepted: 0, rejected: 0 };
  await fc.assert(
    fc.asyncProperty(inputs, async (input) => {
      if (await body(input)) count.accepted++;
      else count.rejected++;
    }),
    { numRuns: runs, seed },
  );
  return count;
}

const bytesFrom = (corpus: readonly Buffer[]) =>
  fc.oneof(
    {
      weight: 20,
      arbitrary: fc.tuple(fc.constantFrom(...corpus), byteMutations).map(([file, changes]) => mutate(file, changes)),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
    // Behind a header that is whole, whatever comes.
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...corpus), fc.uint8Array({ maxLength: 300 }))
        .map(([file, bytes]) => Buffer.concat([file.subarray(0, 64), bytes])),
    },
  );
const textsFrom = (corpus: readonly Buffer[]) =>
  fc.oneof(
    {
      weight: 20,
      arbitrary: fc.tuple(fc.constantFrom(...corpus), textMutations).map(([text, changes]) => mutate(text, changes)),
    },
    { weight: 1, arbitrary: fc.string({ unit: "binary" }).map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  );

/** Runs `body`; false when it was refused as it should be. Anything else that is thrown is a fault. */
async function refused(length: number, body: () => Promise<void> | void): Promise<boolean> {
  try {
    await body();
    return false;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    if (!(error.offset >= 0 && error.offset <= length))
      throw new Error(`offset ${error.offset} of ${length}: ${error.message}`);
    return true;
  }
}

function checkSummary(summary: CaptureSummary, lines: number): void {
  const { requests, requestCopies, replies, unmatchedReplies, otherIds, arp: arps, otherIcmp } = summary;
  const { fragments, short, malformed, unread, other } = summary;
  const groups = [
    requests,
    requestCopies,
    replies,
    unmatchedReplies,
    otherIds,
    arps,
    otherIcmp,
    fragments,
    short,
    malformed,
    unread,
    other,
  ];
  const counted = groups.reduce((sum, count) => sum + count, 0);
  if (counted !== summary.frames) throw new Error(`${summary.frames} frames, ${counted} counted`);
  if (lines !== requests) throw new Error(`${requests} requests, ${lines} lines`);
}

async function capture(input: Buffer): Promise<boolean> {
  const summary = emptySummary();
  let text = "";
  const isRefused = await refused(input.length, async () => {
    await streamCapture(
      inChunks(input, 100 + (input.length % 200)),
      async (lines) => {
        text += Buffer.from(lines).toString("latin1");
        return true;
      },
      () => {},
      summary,
    );
  });
  const lines = text.split("\n").slice(0, -1);
  for (const line of lines) JSON.parse(line);
  checkSummary(summary, lines.length);
  if (!isRefused) {
    const { exchanges, summary: again } = await readCapture(input);
    checkSummary(again, exchanges.length);
    exchanges.forEach(({ requestNs, replyNs }, at) => {
      const line = JSON.parse(lines[at] ?? "") as { requestNs: string; replyNs: string | null };
      if (line.requestNs !== `${requestNs}` || line.replyNs !== (replyNs === null ? null : `${replyNs}`))
        throw new Error(`line ${at}: ${lines[at]} for ${requestNs}, ${replyNs}`);
    });
  }
  return !isRefused;
}

/** Each fuzzes one parser with `runs` inputs and fails at the first fault. */
export const fuzzers: Record<string, (runs: number, seed: number) => Promise<FuzzCount>> = {
  pcap: (runs, seed) => fuzz(runs, seed, bytesFrom(pcaps), capture),
  pcapng: (runs, seed) => fuzz(runs, seed, bytesFrom(pcapngs), capture),
  ping: (runs, seed) =>
    fuzz(runs, seed, textsFrom(pings), async (input) => {
      const text = input.toString();
      return !(await refused(text.length + 1, () => {
        const ping = parsePing(text);
        if (ping.statistics.transmitted > 1000) return;
        const gone = { unavailable: "not captured" };
        const points = { "sender.virt": gone, "sender.nic": gone, "responder.nic": gone, "responder.virt": gone };
        const { packets } = matchRun({ ping, id: 1001, points });
        if (packets.length !== ping.statistics.transmitted) throw new Error(`${packets.length} packets`);
      }));
    }),
  mpstat: (runs, seed) =>
    fuzz(runs, seed, textsFrom(mpstats), async (input) => {
      const text = input.toString();
      return !(await refused(text.length + 1, () => void parseMpstat(text)));
    }),
  netperf: (runs, seed) =>
    fuzz(runs, seed, textsFrom(netperfs), async (input) => {
      const text = input.toString();
      return !(await refused(text.length + 1, () => void parseNetperf(text, "netperf.txt")));
    }),
};
