import { excerpt, FormatError, type FormatPlace } from "../../../../lib/format-error.ts";

/** The closing statistics of ping. Times are nanoseconds, exactly as printed. */
export interface PingStatistics {
  transmitted: number;
  received: number;
  duplicates: number;
  corrupted: number;
  errors: number;
  /** Null when nothing was transmitted: ping then prints no percentage. */
  lossPercent: number | null;
  /** From the first request to the last, milliseconds. */
  timeMs: number | null;
  rtt: { minNs: number; avgNs: number; maxNs: number; mdevNs: number } | null;
  /** Most requests that were under way at once; printed when above 1. */
  pipe: number | null;
  /** Printed with an interval of 0, -f or -A: inter-packet gap and moving average of the RTT. */
  flood: { ipgNs: number; ewmaNs: number } | null;
}

type Totals = Omit<PingStatistics, "rtt" | "pipe" | "flood">;

const totals =
  /^(\d{1,15}) packets transmitted, (\d{1,15}) received(?:, \+(\d{1,15}) duplicates)?(?:, \+(\d{1,15}) corrupted)?(?:, \+(\d{1,15}) errors)?(?:, (-?[\d.]+(?:e[+-]?\d+)?)% packet loss, time (-?\d{1,15})ms)?$/;
const time = String.raw`(\d{1,12}\.\d{3})`;
const rtt = new RegExp(
  `^(?:rtt min/avg/max/mdev = ${time}/${time}/${time}/${time} ms)?(?:(?:^|, )pipe (\\d{1,9}))?(?:(?:^|, )ipg/ewma ${time}/${time} ms)?$`,
);

/** Nanoseconds of a printed "milliseconds.digits"; exact, because no binary fraction is involved. */
const nanoseconds = (ms: string) => {
  const [whole = "0", fraction = ""] = ms.split(".");
  return Number(whole) * 1e6 + Number(fraction.padEnd(6, "0"));
};

/** Reads "100 packets transmitted, 100 received, …". @throws FormatError also when the percentage does not follow. */
export function parseTotalsLine(line: string, place: FormatPlace): Totals {
  const found = totals.exec(line);
  const hint = /\d,\d+%/.test(line) ? ": with decimal commas it is not read; run ping with LC_ALL=C" : "";
  if (!found) throw new FormatError(place, `expected "N packets transmitted, …", found ${excerpt(line)}${hint}`);
  const [, transmitted = 0, received = 0, duplicates = 0, corrupted = 0, errors = 0, loss, ms] = found;
  const result: Totals = {
    transmitted: Number(transmitted),
    received: Number(received),
    duplicates: Number(duplicates),
    corrupted: Number(corrupted),
    errors: Number(errors),
    lossPercent: loss === undefined ? null : Number(loss),
    timeMs: ms === undefined ? null : Number(ms),
  };
  const { lossPercent } = result;
  if ((lossPercent === null) !== (result.transmitted === 0))
    throw new FormatError(place, `packet loss belongs to transmitted packets: ${excerpt(line)}`);
  if (result.received > result.transmitted)
    throw new FormatError(place, `more packets received than transmitted: ${excerpt(line)}`);
  // ping prints six significant digits of a 32-bit float.
  if (lossPercent !== null && !(Math.abs(lossPercent - 100 * (1 - result.received / result.transmitted)) <= 0.001))
    throw new FormatError(place, `the packet loss does not follow from the packets: ${excerpt(line)}`);
  return result;
}

/** Reads "rtt min/avg/max/mdev = … ms, pipe 3, ipg/ewma … ms"; each part may be missing. */
export function parseRttLine(line: string, place: FormatPlace): Pick<PingStatistics, "rtt" | "pipe" | "flood"> {
  const found = rtt.exec(line);
  if (!found) throw new FormatError(place, `expected "rtt min/avg/max/mdev = …", found ${excerpt(line)}`);
  const [, min, avg, max, mdev, pipe, ipg, ewma] = found;
  if (min !== undefined && !(Number(min) <= Number(avg) && Number(avg) <= Number(max)))
    throw new FormatError(place, `the mean is not between the least and the greatest RTT: ${excerpt(line)}`);
  return {
    rtt:
      min === undefined || avg === undefined || max === undefined || mdev === undefined
        ? null
        : { minNs: nanoseconds(min), avgNs: nanoseconds(avg), maxNs: nanoseconds(max), mdevNs: nanoseconds(mdev) },
    pipe: pipe === undefined ? null : Number(pipe),
    flood: ipg === undefined || ewma === undefined ? null : { ipgNs: nanoseconds(ipg), ewmaNs: nanoseconds(ewma) },
  };
}
