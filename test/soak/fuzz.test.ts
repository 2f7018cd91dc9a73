import { describe, expect, it } from "vitest";
import { fuzzers } from "../support/fuzz.ts";

/** Inputs for each parser; FUZZ_INPUTS and FUZZ_SEED change them. */
const inputs = Number(process.env.FUZZ_INPUTS ?? 1_000_000);
const seed = Number(process.env.FUZZ_SEED ?? 2);

describe("a million inputs: never a crash, a hang, or memory without bound", () => {
  it.each(Object.entries(fuzzers))("%s", async (name, fuzz) => {
    const { accepted, rejected } = await fuzz(inputs, seed);
    const megabytes = process.resourceUsage().maxRSS / 1024;
    console.log(`${name}: ${accepted} read, ${rejected} refused, at most ${megabytes.toFixed(0)} MiB`);
    expect(accepted + rejected).toBe(inputs);
  });
});
