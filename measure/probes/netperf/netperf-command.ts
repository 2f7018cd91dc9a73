import type { AnsweringCommand } from "../probe.ts";
import type { NetperfParameters } from "./parameters.ts";

/** netperf's tests in their order, by what its output calls the protocol of each. */
export const netperfTests = { UDP: "UDP_RR", TCP: "TCP_RR" } as const;
export type Protocol = keyof typeof netperfTests;
export const protocols = Object.keys(netperfTests) as Protocol[];

/** What is asked of each test, in the order in which it is printed; the protocol begins a test's lines. */
export const outputKeys = [
  "PROTOCOL",
  "ELAPSED_TIME",
  "TRANSACTION_RATE",
  "MEAN_LATENCY",
  "MIN_LATENCY",
  "P50_LATENCY",
  "P90_LATENCY",
  "P99_LATENCY",
  "MAX_LATENCY",
] as const;

/** Where netserver listens unless it is told else. */
const controlPort = 12_865;

/**
 * Both tests (netperf(1)), one after the other, in IPv4: no banner (`-P 0`), one byte there and one back (`-r`), lines KEY=VALUE
 * (`-k`). The second is not begun where the first fails.
 */
export function netperfCommand({ seconds }: NetperfParameters, destination: string): string {
  const tests = protocols.map(
    (protocol) =>
      `netperf -H ${destination},4 -t ${netperfTests[protocol]} -l ${seconds} -P 0 -- -r 1,1 -k ${outputKeys.join(",")}`,
  );
  return `sh -c '${tests.join(" && ")}'`;
}

/** netserver in the foreground (`-D`), without a child for each test (`-f`), in IPv4. It listens when the kernel says so (proc(5)). */
export const netserverCommand: AnsweringCommand = {
  shell: "netserver -D -f -4",
  programs: ["netserver"],
  processes: ["netserver"],
  listens: `grep -q ':${controlPort.toString(16).toUpperCase()} [0-9A-F:]* 0A ' /proc/net/tcp`,
};
