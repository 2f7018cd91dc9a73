import { execa } from "execa";

/** What tshark says of one echo frame. */
export interface TsharkEcho {
  family: 4 | 6;
  reply: boolean;
  id: number;
  seq: number;
  atNs: bigint;
  source: string;
  target: string;
}

const fields = [
  "frame.time_epoch",
  "icmp.type",
  "icmp.ident",
  "icmp.seq",
  "icmpv6.type",
  "icmpv6.echo.identifier",
  "icmpv6.echo.sequence_number",
  "ip.src",
  "ip.dst",
  "ipv6.src",
  "ipv6.dst",
];

/**
 * The echo requests and replies of a capture, in the order of the file, as tshark dissects them.
 * @throws Error that says how to install tshark, when it is not there: it is the oracle, and without it nothing is tested
 */
export async function tsharkEchoes(file: string): Promise<TsharkEcho[]> {
  // Fragments stay fragments: tshark would else move an echo to the frame that completes it.
  const options = ["-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE"];
  const result = await execa(
    "tshark",
    ["-n", ...options, "-r", file, "-T", "fields", "-E", "occurrence=f", ...fields.flatMap((field) => ["-e", field])],
    { reject: false, maxBuffer: 1 << 28 },
  );
  if (result.failed && result.exitCode === undefined)
    throw new Error("these tests compare with tshark, which is not installed: apt install tshark (./lab test does it)");
  return result.stdout.split("\n").flatMap((line): TsharkEcho[] => {
    const [time = "", type4, id4, seq4, type6, id6, seq6, source4, target4, source6, target6] = line.split("\t");
    const v4 = type4 === "0" || type4 === "8";
    const v6 = type6 === "128" || type6 === "129";
    if (!v4 && !v6) return [];
    const [seconds = "0", fraction = ""] = time.split(".");
    const number = (text: string | undefined) => Number(text === "" ? Number.NaN : text);
    // The snap length may have cut the frame inside the ICMP header.
    if (Number.isNaN(number(v4 ? seq4 : seq6))) return [];
    return [
      {
        family: v4 ? 4 : 6,
        reply: v4 ? type4 === "0" : type6 === "129",
        id: number(v4 ? id4 : id6),
        seq: number(v4 ? seq4 : seq6),
        atNs: BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0")),
        source: (v4 ? source4 : source6) ?? "",
        target: (v4 ? target4 : target6) ?? "",
      },
    ];
  });
}

export interface PairedEcho {
  id: number;
  seq: number;
  requestNs: bigint;
  replyNs: bigint | null;
  duplicates: number;
}

/**
 * Exchanges from frames, the plainest way: the first request of an id, a sequence number and two addresses opens one, and
 * whatever reply follows belongs to it. Right for captures in which no sequence number comes twice.
 */
export function pairEchoes(echoes: readonly TsharkEcho[]): PairedEcho[] {
  const pairs = new Map<string, PairedEcho>();
  for (const { family, reply, id, seq, atNs, source, target } of echoes) {
    const key = [family, id, seq, reply ? target : source, reply ? source : target].join();
    const pair = pairs.get(key);
    if (!reply && !pair) pairs.set(key, { id, seq, requestNs: atNs, replyNs: null, duplicates: 0 });
    else if (reply && pair?.replyNs === null) pair.replyNs = atNs;
    else if (reply && pair) pair.duplicates++;
  }
  return [...pairs.values()];
}
