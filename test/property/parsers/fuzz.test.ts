import { describe, expect, it } from "vitest";
import { fuzzers } from "../../support/fuzz.ts";

const runs = 10_000;

describe("whatever the text, it is read or refused with a line", () => {
  it.each(["ping", "mpstat", "netperf"])("%s", { timeout: 120_000 }, async (name) => {
    const { accepted, rejected } = (await fuzzers[name]?.(runs, 1)) ?? { accepted: 0, rejected: 0 };
    expect(accepted + rejected).toBe(runs);
    // A corpus that is nearly always refused, or never, would test little.
    expect(Math.min(accepted, rejected)).toBeGreaterThan(runs / 50);
  });
});
