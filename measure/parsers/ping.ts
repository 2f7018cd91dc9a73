import { excerpt, FormatError, type FormatPlace } from "../../lib/format-error.ts";
import { type PingStatistics, parseRttLine, parseTotalsLine } from "./ping-statistics.ts";

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

/** An ICMP error that ping printed for one of its requests, e.g. "Destination Host Unreachable". */
interface PingError {
  seq: number | null;
  from: string;
  message: string;
  line: number;
}

/** What one ping run printed. */
export interface PingOutput {
  target: string;
  address: string;
  family: 4 | 6;
  /** -s: bytes of data after the ICMP header. */
  dataBytes: number;
  /** In the order in which they were printed, that is in which they arrived; duplicates among them. */
  replies: PingReply[];
  errors: PingError[];
  /** -O: icmp_seq for which "no answer yet" was printed. */
  noAnswerYet: number[];
  /** Lines that ping wrote to stderr, where both streams went into one file. */
  warnings: { message: string; line: number }[];
  statistics: PingStatistics;
}

const header4 = /^PING (\S+) \((\S+)\) (?:from \S+ \S*: )?(\d+)\((\d+)\) bytes of data\.$/;
const header6 =
  /^PING (\S+?) ?\((?:\S+ \()?([0-9A-Fa-f:.]+(?:%[^\s()]+)?)\)\)? (?:, flow 0x[0-9a-f]+, )?(?:from \S+ \S*: )?(\d+) data bytes$/;
const stamp = String.raw`(?:\[(\d{1,12})\.(\d{6})\] )?`;
const reply = new RegExp(
  `^${stamp}(\\d+) bytes from (.+): icmp_seq=(\\d{1,5})(?: ident=\\d+)?(?: ttl=(\\d+))?( \\(truncated\\))?` +
    `(?: time=(\\d{1,9})(?:\\.(\\d{1,3}))? ms)?( \\(DUP!\\))?( \\(BAD CHECKSUM!\\))?( \\(DIFFERENT ADDRESS!\\))?(?:\\t\\(same route\\))?$`,
);
const icmpError = new RegExp(`^${stamp}From (.+?):? icmp_seq=(\\d{1,5}) (.+)$`);
const otherIcmp = new RegExp(`^${stamp}From (.+?): (.+)$`);
const noAnswer = new RegExp(`^${stamp}no answer yet for icmp_seq=(\\d{1,5})$`);
/** Further lines that say nothing of a packet: what -v prints, and on SIGQUIT the state so far. */
const passedOver = [
  /^(?:ping: sock4\.fd: |ai->ai_family: |PATTERN: 0x)/,
  /^\r?\d+\/\d+ packets, -?\d+% loss(?:, min\/avg\/ewma\/max = [\d./]+ ms)?$/,
  /^Vr HL TOS +Len +ID Flg +off TTL Pro +cks +Src +Dst +Data$/,
  /^ [\da-f](?: +[\da-f]+){9} +\S+ +\S+ *$/,
];
/** IP options below a reply: -R, -T, and a route that was asked for. */
const ipOptions = /^(?:(?:RR|TS|LSRR|SSRR): )?\t.*$|^NOP$|^Unrecorded hops: \d+$|^unknown option [\da-f]+$/;
/** -f: a dot for each request, taken back by its reply; E for an error, C for a damaged one. */
const flood = /^[. EC]+$/;
const stderr = /^(?:\S*ping[46]?: .+|Warning: .+|WARNING: .+)$/;
const wrongData = /^wrong data byte #\d+ should be 0x[0-9a-f]+ but was 0x[0-9a-f]+$/;
const dump = /^#\d+\t[0-9a-f ]*$/;

/** ping's longest line names a host (RFC 1035: 255) and an address; the limit keeps the patterns above linear. */
const longestLine = 4096;

const number = (text: string | undefined) => Number(text ?? "0");

/** Nanoseconds since the epoch of "[seconds.microseconds]". */
const stampNs = (seconds: string | undefined, micros: string | undefined) =>
  seconds === undefined ? null : BigInt(seconds) * 1_000_000_000n + BigInt(micros ?? "0") * 1000n;

/** The wraparound-free counterpart of a 16-bit number that lies nearest to `near` (serial arithmetic, RFC 1982). */
export function unwrap(near: number, seq: number): number {
  const step = (seq - near) & 0xffff;
  return near + (step < 0x8000 ? step : step - 0x10000);
}

/** A line without the byte order mark of an editor, the CR of a pty, the bell of -a and the steps back of -f. */
const withoutControls = (line: string) =>
  line
    .replace(/^\uFEFF/, "")
    .replace(/\r+$/, "")
    .replaceAll("\u0007", "")
    .replaceAll("\b", "");

/** What to do where a line may be ping's in another language or with decimal commas. */
const languageHint = (line: string) =>
  /^PING |\d,\d|\P{ASCII}/u.test(line) ? ": only ping's English output is read; run it with LC_ALL=C" : "";

function parseHeader(line: string, place: FormatPlace) {
  const v4 = header4.exec(line);
  const found = v4 ?? header6.exec(line);
  if (!found)
    throw new FormatError(place, `expected "PING host (address) …", found ${excerpt(line)}${languageHint(line)}`);
  const [, target = "", address = "", dataBytes] = found;
  return { target, address, family: v4 ? (4 as const) : (6 as const), dataBytes: number(dataBytes) };
}

function parseReply(found: RegExpExecArray, previous: number, line: number, place: FormatPlace): PingReply {
  const [, seconds, micros, bytes, from = "", printed, ttl, truncated, ms, decimals = "", dup, bad] = found;
  const seq = number(printed);
  if (seq > 0xffff) throw new FormatError(place, `icmp_seq ${seq} does not fit 16 bits`);
  // ping counts from 1, so a first icmp_seq of 0 can only be that of request 65536.
  const index = unwrap(previous || seq, seq);
  return {
    seq,
    index: index < 1 ? index + 0x10000 : index,
    rttNs: ms === undefined ? null : number(ms) * 1e6 + number(decimals.padEnd(6, "0")),
    resolutionNs: ms === undefined ? null : 10 ** (6 - decimals.length),
    printedNs: stampNs(seconds, micros),
    from,
    bytes: number(bytes),
    ttl: ttl === undefined ? null : number(ttl),
    duplicate: dup !== undefined,
    damaged: bad !== undefined || truncated !== undefined,
    line,
  };
}

/**
 * Reads what ping of iputils (2019 to now, with or without -3, -A, -a, -D, -f, -n, -O, -q, -R, -T, -v) printed, in English, also
 * through a pty.
 * @param source how messages call the text, e.g. its path
 * @throws FormatError with the line for anything ping does not print, for a text without ping's closing statistics
 *   (ping was killed), and where the statistics and the lines above them disagree.
 */
export function parsePing(text: string, source = "ping"): PingOutput {
  const raw = text.split("\n");
  const lines = raw.map(withoutControls);
  const place: Required<FormatPlace> = { source, offset: 0, line: 1 };
  let at = 0;
  const advance = () => {
    place.offset += (raw[at] ?? "").length + 1;
    at++;
    place.line = at + 1;
  };
  const replies: PingReply[] = [];
  const errors: PingError[] = [];
  const noAnswerYet: number[] = [];
  const warnings: { message: string; line: number }[] = [];
  let newest = 0;

  /** Takes a line that may stand anywhere; false when it is none. */
  const takeAside = (line: string) => {
    const warned = stderr.test(line);
    if (warned) warnings.push({ message: line, line: place.line });
    return warned || line === "" || passedOver.some((pattern) => pattern.test(line));
  };
  const long = lines.findIndex((line) => line.length > longestLine && !flood.test(line));
  if (long >= 0)
    throw new FormatError(
      { source, offset: 0, line: long + 1 },
      `${lines[long]?.length} characters: not a line of ping`,
    );
  while (at < lines.length - 1 && takeAside(lines[at] ?? "")) advance();
  const head = parseHeader(lines[at] ?? "", place);
  advance();

  for (; at < lines.length && !/^--- .* ping statistics ---$/.test(lines[at] ?? ""); advance()) {
    const line = lines[at] ?? "";
    const isReply = reply.exec(line);
    if (isReply) {
      const one = parseReply(isReply, newest, place.line, place);
      newest = Math.max(newest, one.index);
      replies.push(one);
      continue;
    }
    const last = replies.at(-1);
    const isNoAnswer = noAnswer.exec(line);
    const isError = icmpError.exec(line);
    const isOther = isError ? null : otherIcmp.exec(line);
    if (isNoAnswer) noAnswerYet.push(number(isNoAnswer[3]));
    else if (isError)
      errors.push({ seq: number(isError[4]), from: isError[3] ?? "", message: isError[5] ?? "", line: place.line });
    else if (isOther) errors.push({ seq: null, from: isOther[3] ?? "", message: isOther[4] ?? "", line: place.line });
    else if (last && (wrongData.test(line) || dump.test(line))) last.damaged = true;
    else if (!(last && ipOptions.test(line)) && !flood.test(line) && !takeAside(line))
      throw new FormatError(place, `not a line that ping prints: ${excerpt(line)}${languageHint(line)}`);
  }
  if (at >= lines.length)
    throw new FormatError(place, "the text ends without ping's closing statistics: ping was killed, or its output cut");

  advance();
  const statistics: PingStatistics = { ...parseTotalsLine(lines[at] ?? "", place), rtt: null, pipe: null, flood: null };
  const { received, duplicates, corrupted } = statistics;
  // -q prints no reply line; any other count than all of them means lost lines.
  if (replies.length > 0 && replies.length !== received + duplicates + corrupted)
    throw new FormatError(
      place,
      `the statistics speak of ${received} received, ${duplicates} duplicate and ${corrupted} corrupted, above are ${replies.length} reply lines`,
    );
  advance();
  if (at < lines.length && lines[at] !== "") {
    Object.assign(statistics, parseRttLine(lines[at] ?? "", place));
    advance();
  }
  for (; at < lines.length; advance())
    if (!takeAside(lines[at] ?? ""))
      throw new FormatError(place, `unexpected after the statistics: ${excerpt(lines[at] ?? "")}`);
  return { ...head, replies, errors, noAnswerYet, warnings, statistics };
}
