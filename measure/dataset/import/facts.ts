import { LabError } from "../../../lib/errors.ts";
import type { CaptureRecord } from "../../results/manifest.ts";

/** What a hand-made run's facts.txt tells, as far as it does. */
export interface HandFacts {
  /** Of ping's options: -e, and -i as a rate. */
  pingId?: number;
  ratePps?: number;
  /** Interface and drop counters by file, e.g. "sender-nic". */
  captures: Map<string, Omit<CaptureRecord, "hop" | "file">>;
}

const counters = {
  captured: /^(\d+) packets? captured$/m,
  receivedByFilter: /^(\d+) packets? received by filter$/m,
  droppedByKernel: /^(\d+) packets? dropped by kernel$/m,
} as const;

const option = (command: string, name: string) => {
  const found = new RegExp(`\\s-${name}\\s+([\\d.]+)`).exec(command)?.[1];
  return found === undefined ? undefined : Number(found);
};

/**
 * Reads what is known of a run from free text: the command line of ping, and what tcpdump said at its end, below a line
 * "-- ROLE-HOP.err".
 */
export function readHandFacts(text: string): HandFacts {
  const command = /\bping\s+-.*$/m.exec(text)?.[0] ?? "";
  const pingId = option(command, "e");
  const interval = option(command, "i");
  const facts: HandFacts = { captures: new Map() };
  // ping draws an id where it is given 0.
  if (pingId) facts.pingId = pingId;
  // ping takes whole milliseconds, and less than one stands for the study's 1 Mpps (iputils 20240905).
  if (interval !== undefined) facts.ratePps = interval < 0.001 ? 1_000_000 : Math.round(1 / interval);
  for (const section of text.split(/^-- /m)) {
    const name = /^(\w+-(?:nic|virt))\.err$/m.exec(section)?.[1];
    const device = /listening on ([^\s,]+)/.exec(section)?.[1];
    const count = (pattern: RegExp) => Number(pattern.exec(section)?.[1] ?? Number.NaN);
    if (name === undefined || device === undefined) continue;
    const captured = count(counters.captured);
    const receivedByFilter = count(counters.receivedByFilter);
    const droppedByKernel = count(counters.droppedByKernel);
    if (![captured, receivedByFilter, droppedByKernel].every(Number.isInteger))
      throw new LabError(`facts.txt: below "-- ${name}.err", tcpdump's counters of packets are not complete`);
    facts.captures.set(name, { interface: device, captured, receivedByFilter, droppedByKernel });
  }
  return facts;
}
