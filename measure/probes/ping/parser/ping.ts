import { excerpt, FormatError, type FormatPlace } from "../../../../lib/format-error.ts";
import {
  closing,
  dump,
  flood,
  icmpError,
  ipOptions,
  languageHint,
  longestLine,
  noAnswer,
  otherIcmp,
  type PingReply,
  parseHeader,
  parseReply,
  passedOver,
  reply,
  stderr,
  withoutControls,
  wrongData,
} from "./ping-lines.ts";
import { type PingStatistics, parseRttLine, parseTotalsLine } from "./ping-statistics.ts";

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

/** Reads one text, line by line. */
class PingReader {
  readonly #raw: string[];
  readonly #lines: string[];
  readonly #place: Required<FormatPlace>;
  readonly #replies: PingReply[] = [];
  readonly #errors: PingError[] = [];
  readonly #noAnswerYet: number[] = [];
  readonly #warnings: PingOutput["warnings"] = [];
  #at = 0;
  #newest = 0;

  constructor(text: string, source: string) {
    this.#raw = text.split("\n");
    this.#lines = this.#raw.map(withoutControls);
    this.#place = { source, offset: 0, line: 1 };
  }

  output(): PingOutput {
    this.#refuseLongLines();
    while (this.#at < this.#lines.length - 1 && this.#takeAside(this.#line)) this.#advance();
    const header = parseHeader(this.#line, this.#place);
    this.#advance();
    for (; !this.#isOver && !closing.test(this.#line); this.#advance()) this.#takePacketLine(this.#line);
    if (this.#isOver) this.#fail("the text ends without ping's closing statistics: ping was killed, or its output cut");
    this.#advance();
    const statistics = this.#statistics();
    for (; !this.#isOver; this.#advance())
      if (!this.#takeAside(this.#line)) this.#fail(`unexpected after the statistics: ${excerpt(this.#line)}`);
    return {
      ...header,
      replies: this.#replies,
      errors: this.#errors,
      noAnswerYet: this.#noAnswerYet,
      warnings: this.#warnings,
      statistics,
    };
  }

  get #line(): string {
    return this.#lines[this.#at] ?? "";
  }

  get #isOver(): boolean {
    return this.#at >= this.#lines.length;
  }

  #advance(): void {
    this.#place.offset += (this.#raw[this.#at] ?? "").length + 1;
    this.#at++;
    this.#place.line = this.#at + 1;
  }

  #fail(why: string): never {
    throw new FormatError(this.#place, why);
  }

  #refuseLongLines(): void {
    const long = this.#lines.findIndex((line) => line.length > longestLine && !flood.test(line));
    if (long < 0) return;
    const place = { source: this.#place.source, offset: 0, line: long + 1 };
    throw new FormatError(place, `${this.#lines[long]?.length} characters: not a line of ping`);
  }

  /** Takes a line that may stand anywhere; false when it is none. */
  #takeAside(line: string): boolean {
    const isWarning = stderr.test(line);
    if (isWarning) this.#warnings.push({ message: line, line: this.#place.line });
    return isWarning || line === "" || passedOver.some((pattern) => pattern.test(line));
  }

  #takePacketLine(text: string): void {
    const replied = reply.exec(text);
    if (replied) this.#takeReply(parseReply(replied, this.#newest, this.#place.line, this.#place));
    else this.#takeOtherLine(text);
  }

  #takeReply(taken: PingReply): void {
    this.#newest = Math.max(this.#newest, taken.index);
    this.#replies.push(taken);
  }

  #takeOtherLine(text: string): void {
    const { line } = this.#place;
    const last = this.#replies.at(-1);
    const unanswered = noAnswer.exec(text);
    const failed = icmpError.exec(text);
    const other = failed ? null : otherIcmp.exec(text);
    if (unanswered) this.#noAnswerYet.push(Number(unanswered[3]));
    else if (failed)
      this.#errors.push({ seq: Number(failed[4]), from: failed[3] ?? "", message: failed[5] ?? "", line });
    else if (other) this.#errors.push({ seq: null, from: other[3] ?? "", message: other[4] ?? "", line });
    else if (last && (wrongData.test(text) || dump.test(text))) last.damaged = true;
    else if (!(last && ipOptions.test(text)) && !flood.test(text) && !this.#takeAside(text))
      this.#fail(`not a line that ping prints: ${excerpt(text)}${languageHint(text)}`);
  }

  /** The one or two lines below "ping statistics". */
  #statistics(): PingStatistics {
    const totals = parseTotalsLine(this.#line, this.#place);
    const { received, duplicates, corrupted } = totals;
    // -q prints no reply line; any other count than all of them means lost lines.
    if (this.#replies.length > 0 && this.#replies.length !== received + duplicates + corrupted)
      this.#fail(
        `the statistics speak of ${received} received, ${duplicates} duplicate and ${corrupted} corrupted, above are ${this.#replies.length} reply lines`,
      );
    this.#advance();
    const times = this.#line === "" ? {} : parseRttLine(this.#line, this.#place);
    if (this.#line !== "") this.#advance();
    return { ...totals, rtt: null, pipe: null, flood: null, ...times };
  }
}

/**
 * Reads what ping of iputils (2019 to now, with or without -3, -A, -a, -D, -f, -n, -O, -q, -R, -T, -v) printed, in English, also
 * through a pty.
 * @param source how messages call the text, e.g. its path
 * @throws FormatError with the line for anything ping does not print, for a text without ping's closing statistics
 *   (ping was killed), and where the statistics and the lines above them disagree.
 */
export const parsePing = (text: string, source = "ping"): PingOutput => new PingReader(text, source).output();
