import { fuzzers } from "../support/fuzz.ts";

/**
 * Long fuzzing of the parsers by hand: `node test/soak/fuzz.ts [inputs per parser] [seed] [parser…]`. Prints what came
 * of it, and fails at the first fault with the input and the seed that repeat it.
 */
const [count = "1000000", seed = "2", ...names] = process.argv.slice(2);
for (const [name, fuzz] of Object.entries(fuzzers)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const start = performance.now();
  const { accepted, rejected } = await fuzz(Number(count), Number(seed));
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const megabytes = (process.resourceUsage().maxRSS / 1024).toFixed(0);
  process.stdout.write(`${name}: ${accepted} read, ${rejected} refused, ${seconds} s, at most ${megabytes} MiB\n`);
}
