import { excerpt, FormatError, type FormatPlace } from "../../../../lib/format-error.ts";

/** One reply line. */
export interface PingReply {
  /** icmp_seq as printed: the 16 bits on the wire. */
  seq: number;
  /** The same without wraparound: 1 for ping's first request, 65537 for the request whose icmp_seq is 1 again. */
  index: number;
  /** Round-trip time in nanoseconds, exactly the decimals that were printed; null when ping printed none. */
  rttNs: number | null;
  /** What the last printed digit of the RTT stands for, in nanoseconds: 1000 under -3, up to 1 000 000 without. */
  resolutionNs: number | null;
  /** -D: the guest's clock when the line was printed, nanoseconds since the epoch. Later than the reply's arrival. */
  printedNs: bigint | null;
  from: string;
  bytes: number;
  ttl: number | null;
  duplicate: boolean;
  /** BAD CHECKSUM!, truncated, or with wrong data bytes: the time is that of a damaged packet. */
  damaged: boolean;
  line: number;
}

const header4 = /^PING (\S+) \((\S+)\) (?:from \S+ \S*: )?(\d+)\((\d+)\) bytes of data\.$/;
const header6 =
  /^PING (\S+?) ?\((?:\S+ \()?([0-9A-Fa-f:.]+(?:%[^\s()]+)?)\)\)? (?:, flow 0x[0-9a-f]+, )?(?:from \S+ \S*: )?(\d+) data bytes$/;
const stamp = String.raw`(?:\[(\d{1,12})\.(\d{6})\] )?`;
export const reply = new RegExp(
  `^${stamp}(\\d+) bytes from (.+): icmp_seq=(\\d{1,5})(?: ident=\\d+)?(?: ttl=(\\d+))?( \\(truncated\\))?` +
    `(?: time=(\\d{1,9})(?:\\.(\\d{1,3}))? ms)?( \\(DUP!\\))?( \\(BAD CHECKSUM!\\))?( \\(DIFFERENT ADDRESS!\\))?(?:\\t\\(same route\\))?$`,
);
export const icmpError = new RegExp(`^${stamp}From (.+?):? icmp_seq=(\\d{1,5}) (.+)$`);
export const otherIcmp = new RegExp(`^${stamp}From (.+?): (.+)$`);
export const noAnswer = new RegExp(`^${stamp}no answer yet for icmp_seq=(\\d{1,5})$`);
export const closing = /^--- .* ping statistics ---$/;
/** Further lines that say nothing of a packet: what -v prints, and on SIGQUIT the state so far. */
export const passedOver = [
  /^(?:ping: sock4\.fd: |ai->ai_family: |PATTERN: 0x)/,
  /^\r?\d+\/\d+ packets, -?\d+% loss(?:, min\/avg\/ewma\/max = [\d./]+ ms)?$/,
  /^Vr HL TOS +Len +ID Flg +off TTL Pro +cks +Src +Dst +Data$/,
  /^ [\da-f](?: +[\da-f]+){9} +\S+ +\S+ *$/,
];
/** IP options below a reply: -R, -T, and a route that was asked for. */
export const ipOptions = /^(?:(?:RR|TS|LSRR|SSRR): )?\t.*$|^NOP$|^Unrecorded hops: \d+$|^unknown option [\da-f]+$/;
/** -f: a dot for each request, taken back by its reply; E for an error, C for a damaged one. */
export const flood = /^[. EC]+$/;
export const stderr = /^(?:\S*ping[46]?: .+|Warning: .+|WARNING: .+)$/;
export const wrongData = /^wrong data byte #\d+ should be 0x[0-9a-f]+ but was 0x[0-9a-f]+$/;
export const dump = /^#\d+\t[0-9a-f ]*$/;

/** ping's longest line names a host (RFC 1035: 255) and an address; the limit keeps the patterns above linear. */
export const longestLine = 4096;

/** Nanoseconds since the epoch of "[seconds.microseconds]". */
const stampNs = (seconds: string | undefined, micros: string | undefined) =>
  seconds === undefined ? null : BigInt(seconds) * 1_000_000_000n + BigInt(micros ?? "0") * 1000n;

/** The wraparound-free counterpart of a 16-bit number that lies nearest to `near` (serial arithmetic, RFC 1982). */
export function unwrap(near: number, seq: number): number {
  const step = (seq - near) & 0xffff;
  return near + (step < 0x8000 ? step : step - 0x10000);
}

/** A line without the byte order mark of an editor, the CR of a pty, the bell of -a and the steps back of -f. */
export const withoutControls = (line: string) =>
  line
    .replace(/^\uFEFF/, "")
    .replace(/\r+$/, "")
    .replaceAll("\u0007", "")
    .replaceAll("\b", "");

/** What to do where a line may be ping's in another language or with decimal commas. */
export const languageHint = (line: string) =>
  /^PING |\d,\d|\P{ASCII}/u.test(line) ? ": only ping's English output is read; run it with LC_ALL=C" : "";

export function parseHeader(line: string, place: FormatPlace) {
  const v4 = header4.exec(line);
  const found = v4 ?? header6.exec(line);
  if (!found)
    throw new FormatError(place, `expected "PING host (address) …", found ${excerpt(line)}${languageHint(line)}`);
  const [, target = "", address = "", dataBytes] = found;
  return { target, address, family: v4 ? (4 as const) : (6 as const), dataBytes: Number(dataBytes) };
}

export function parseReply(found: RegExpExecArray, previous: number, line: number, place: FormatPlace): PingReply {
  const [, seconds, micros, bytes, from = "", printed, ttl, truncated, ms, decimals = "", dup, bad] = found;
  const seq = Number(printed);
  if (seq > 0xffff) throw new FormatError(place, `icmp_seq ${seq} does not fit 16 bits`);
  // ping counts from 1, so a first icmp_seq of 0 can only be that of request 65536.
  const index = unwrap(previous || seq, seq);
  return {
    seq,
    index: index < 1 ? index + 0x10000 : index,
    rttNs: ms === undefined ? null : Number(ms) * 1e6 + Number(decimals.padEnd(6, "0")),
    resolutionNs: ms === undefined ? null : 10 ** (6 - decimals.length),
    printedNs: stampNs(seconds, micros),
    from,
    bytes: Number(bytes),
    ttl: ttl === undefined ? null : Number(ttl),
    duplicate: dup !== undefined,
    damaged: bad !== undefined || truncated !== undefined,
    line,
  };
}
