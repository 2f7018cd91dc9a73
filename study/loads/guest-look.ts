import { z } from "zod";
import { LabError } from "../../lib/errors.ts";
import { decimalNumber, parseRecords, wholeNumber } from "../../lib/key-value.ts";
import { oneDecimal } from "../../lib/one-decimal.ts";
import type { LoadKind } from "./load-kind.ts";

/** What a guest has counted since its boot, and its clock in seconds since then. */
export interface GuestLook {
  seconds: number;
  counts: Readonly<Record<string, number>>;
}

type Counters = NonNullable<LoadKind["counters"]>;

/**
 * Reads what a kind's command for its guests printed, a look a line.
 * @throws LabError when it is not what the command prints
 */
export function parseGuestLooks({ rates }: Counters, text: string, vm: string): GuestLook[] {
  const names = Object.keys(rates);
  const record = z.strictObject({
    seconds: decimalNumber,
    ...Object.fromEntries(names.map((name) => [name, wholeNumber])),
  });
  const looks = parseRecords(record, text, vm);
  if (looks.length === 0) throw new LabError(`${vm}: does not say ${names.join(" and ")} (what its load has done)`);
  return looks.map(({ seconds, ...counts }) => ({ seconds, counts: counts as Record<string, number> }));
}

/** What a guest did between two looks: rates a second, by the names that they are recorded as. */
export const ratesBetween = ({ rates }: Counters, from: GuestLook, to: GuestLook): Record<string, number> =>
  Object.fromEntries(
    Object.entries(rates).map(([name, rate]) => [
      rate,
      oneDecimal(((to.counts[name] ?? 0) - (from.counts[name] ?? 0)) / (to.seconds - from.seconds)),
    ]),
  );
