import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../../../lib/format-error.ts";
import { checkout } from "../../../../lib/paths.ts";
import { runBudget } from "../../../../measure/probe/budget.ts";
import { outputKeys, type Protocol, protocols } from "../../../../measure/probes/netperf/netperf-command.ts";
import { type NetperfOutput, parseNetperf } from "../../../../measure/probes/netperf/netperf-output.ts";
import { netperf } from "../../../../measure/probes/netperf/probe.ts";
import type { Factors } from "../../../../study/scenario.ts";

/** What netperf 2.7.1 of Debian 13 printed over a loopback: as it is, after a datagram was dropped, and when all datagrams were. */
const printed = (name: string) => readFileSync(join(checkout, "test/data/netperf", `${name}.txt`), "utf8");
const parsed = (name: string) => parseNetperf(printed(name), "netperf.txt");

const factors = { packets: 100, pingRatePps: 1000, cpuWindowSeconds: 5, probes: ["netperf"], netperfSeconds: 10 };
const ends = {
  sender: { mac: "52:54:00:9a:01:00", ip: "10.9.1.1" },
  responder: { mac: "52:54:00:9a:02:00", ip: "10.9.2.1" },
};
const runOf = (text: string) => ({
  parameters: { seconds: 10 },
  files: new Map([["netperf.txt", Buffer.from(text)]]),
  captures: { sender: [], responder: [] },
  missingCaptures: {},
  seconds: 21,
});
const valuesOf = (output: NetperfOutput, name: string) => netperf.metrics[name]?.values(output);

describe("netperf's output", () => {
  it("is read as it was printed", () => {
    expect(parsed("loopback")).toEqual({
      UDP: {
        ...{ ELAPSED_TIME: 2, TRANSACTION_RATE: 51499.937, MEAN_LATENCY: 19.35, MIN_LATENCY: 14, MAX_LATENCY: 5186 },
        ...{ P50_LATENCY: 17, P90_LATENCY: 21, P99_LATENCY: 57 },
      },
      TCP: {
        ...{ ELAPSED_TIME: 2, TRANSACTION_RATE: 24327.716, MEAN_LATENCY: 40.99, MIN_LATENCY: 15, MAX_LATENCY: 5479 },
        ...{ P50_LATENCY: 22, P90_LATENCY: 86, P99_LATENCY: 119 },
      },
    });
  });

  const latency = fc.integer({ min: 1, max: 10_000_000 });
  const test = fc
    .tuple(fc.uniqueArray(latency, { minLength: 5, maxLength: 5 }), fc.integer({ min: 1 }))
    .map(([latencies, rate]) => {
      const [min = 0, p50 = 0, p90 = 0, p99 = 0, max = 0] = latencies.sort((a, b) => a - b);
      return {
        ...{ ELAPSED_TIME: 10.01, TRANSACTION_RATE: rate / 1000, MEAN_LATENCY: p50 + 0.25 },
        ...{ MIN_LATENCY: min, P50_LATENCY: p50, P90_LATENCY: p90, P99_LATENCY: p99, MAX_LATENCY: max },
      };
    });
  const decimals: Record<string, number> = { ELAPSED_TIME: 2, TRANSACTION_RATE: 3, MEAN_LATENCY: 2 };
  const textOf = (output: NetperfOutput) =>
    protocols
      .flatMap((protocol: Protocol) =>
        outputKeys.map((key) =>
          key === "PROTOCOL" ? `${key}=${protocol}\n` : `${key}=${output[protocol][key].toFixed(decimals[key] ?? 0)}\n`,
        ),
      )
      .join("");

  it("gives what any output of that form says", () => {
    fc.assert(
      fc.property(fc.record({ UDP: test, TCP: test }), (output) => {
        expect(parseNetperf(textOf(output), "netperf.txt")).toEqual(output);
      }),
    );
  });

  it("is refused when a line is missing, twice, in another place, cut, or of another test, with the line", () => {
    const lines = printed("loopback").trimEnd().split("\n");
    const refused = (changed: readonly string[]) => {
      try {
        parseNetperf(changed.map((each) => `${each}\n`).join(""), "netperf.txt");
      } catch (error) {
        return error instanceof FormatError && error.line !== null && error.offset >= 0;
      }
      return false;
    };
    const keyOf = (index: number) => lines[index]?.split("=")[0];
    expect(refused(lines)).toBe(false);
    fc.assert(
      fc.property(fc.nat(lines.length - 1), fc.nat(lines.length - 1), fc.nat(), (at, other, cut) => {
        const line = lines[at] ?? "";
        expect(refused(lines.toSpliced(at, 1))).toBe(true);
        expect(refused(lines.toSpliced(other, 0, line))).toBe(true);
        expect(refused(lines.with(at, line.slice(0, cut % (line.indexOf("=") + 2))))).toBe(true);
        if (keyOf(at) !== keyOf(other))
          expect(refused(lines.with(at, lines[other] ?? "").with(other, line))).toBe(true);
      }),
    );
    expect(refused(lines.slice(outputKeys.length))).toBe(true);
  });

  it.each([
    ["P50_LATENCY=17", "P50_LATENCY=22", "netperf.txt: line 1: the quantiles of the latency do not ascend"],
    ["MEAN_LATENCY=19.35", "MEAN_LATENCY=13.98", "line 1: the mean latency 13.98 is not between 14 and 5186"],
    ["TRANSACTION_RATE=51499.937", "TRANSACTION_RATE=0.000", "the greatest latency is 5186 at 0 transactions a second"],
    [
      "P99_LATENCY=119",
      "P99_LATENCY=-nan",
      'line 17: expected a whole line "P99_LATENCY=…" of TCP, found "P99_LATENCY=-nan"',
    ],
    ["MAX_LATENCY=5479\n", "MAX_LATENCY=5479", 'line 18: expected a whole line "MAX_LATENCY=…" of TCP'],
    ["MAX_LATENCY=5479\n", "MAX_LATENCY=5479\nmore\n", 'line 19: expected the end, found "more"'],
    ["PROTOCOL=UDP\n", "establish control: are you sure\nPROTOCOL=UDP\n", 'line 1: expected a whole line "PROTOCOL=…"'],
  ])("with %s as %s is refused", (from, to, message) => {
    expect(() => parseNetperf(printed("loopback").replace(from, to), "netperf.txt")).toThrow(message);
  });
});

describe("netperf's metrics", () => {
  it("are rates and nanoseconds, a number a run", () => {
    const output = parsed("loopback");
    expect(Object.fromEntries(Object.keys(netperf.metrics).map((name) => [name, valuesOf(output, name)]))).toEqual({
      ...{
        udpTransactionRate: [51499.937],
        udpLatencyMin: [14_000],
        udpLatencyMean: [19_350],
        udpLatencyP50: [17_000],
      },
      ...{ udpLatencyP90: [21_000], udpLatencyP99: [57_000], udpLatencyMax: [5_186_000] },
      ...{
        tcpTransactionRate: [24327.716],
        tcpLatencyMin: [15_000],
        tcpLatencyMean: [40_990],
        tcpLatencyP50: [22_000],
      },
      ...{ tcpLatencyP90: [86_000], tcpLatencyP99: [119_000], tcpLatencyMax: [5_479_000] },
    });
  });

  it("have no rate where a response did not come, and the latency of those that did", () => {
    const output = parsed("lost-response");
    expect(valuesOf(output, "udpTransactionRate")).toEqual({
      unavailable: "of 2 s it waited 1.4 s for a response that did not come",
    });
    expect(valuesOf(output, "udpLatencyP50")).toEqual([20_000]);
    // TCP sends again: the time of that is in the latency.
    expect(valuesOf(output, "tcpTransactionRate")).toEqual([3717.111]);
    expect(netperf.problems(runOf(""), output)).toEqual([]);
  });

  it("have nothing where no response came, and the run does not count", () => {
    const output = parsed("no-response");
    for (const name of ["udpLatencyMin", "udpLatencyP50", "udpLatencyP99", "udpLatencyMax"])
      expect(valuesOf(output, name)).toEqual({ unavailable: "there were too few transactions" });
    expect(valuesOf(output, "udpTransactionRate")).toHaveProperty("unavailable");
    expect(netperf.problems(runOf(""), output)).toEqual(["no request of UDP_RR was answered"]);
  });
});

describe("the probe", () => {
  it("reads its file, and says how long its tests took and waited", async () => {
    const run = runOf(printed("lost-response"));
    const output = await netperf.derive(run);
    expect(output).toEqual(parsed("lost-response"));
    expect(netperf.details(run, output)).toEqual({
      seconds: 21,
      tests: {
        UDP_RR: { elapsedSeconds: 2, waitedSeconds: 1.392, transactions: 18_405 },
        TCP_RR: { elapsedSeconds: 2, waitedSeconds: 0.084, transactions: 7434 },
      },
    });
    await expect(netperf.derive({ ...run, files: new Map() })).rejects.toThrow(FormatError);
  });

  it("runs one test after the other against a server that listens, and captures nothing", () => {
    const { shell, answering } = netperf.run({ seconds: 7 }, ends);
    const keys =
      "PROTOCOL,ELAPSED_TIME,TRANSACTION_RATE,MEAN_LATENCY,MIN_LATENCY,P50_LATENCY,P90_LATENCY,P99_LATENCY,MAX_LATENCY";
    const test = (name: string) => `netperf -H 10.9.2.1,4 -t ${name} -l 7 -P 0 -- -r 1,1 -k ${keys}`;
    expect(shell).toBe(`sh -c '${test("UDP_RR")} && ${test("TCP_RR")}'`);
    expect(answering).toMatchObject({ shell: "netserver -D -f -4", programs: ["netserver"] });
    expect(netperf.capture({ seconds: 7 }, ends)).toBeNull();
  });

  it("knows by the kernel's table whether netserver listens", () => {
    const { answering } = netperf.run({ seconds: 7 }, ends);
    const [, pattern = ""] = /'(.*)'/.exec(answering?.listens ?? "") ?? [];
    const line = (port: string, state: string) =>
      `   1: 00000000:${port} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 6529294 1`;
    expect(line("3241", "0A")).toMatch(new RegExp(pattern));
    expect(line("3241", "01")).not.toMatch(new RegExp(pattern));
    expect(line("3242", "0A")).not.toMatch(new RegExp(pattern));
  });

  it("is told how long its tests run, and has room for them and for what a run waits", () => {
    expect(netperf.parametersOf(factors as unknown as Factors, 1)).toEqual({ seconds: 10 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), (netperfSeconds) => {
        const { usualSeconds, limitSeconds } = netperf.budget({ ...factors, netperfSeconds }, "emulated");
        expect(usualSeconds).toBe(2 * netperfSeconds);
        expect(limitSeconds).toBeGreaterThan(2 * (netperfSeconds + 4));
        const seconds = (probes: string[]) =>
          runBudget({ ...factors, probes, netperfSeconds }, "hardware").attemptSeconds;
        expect(seconds(["netperf"]) - seconds([])).toBe(2 * 5 + 2 + limitSeconds + 1);
      }),
    );
  });

  it("is not told of a scenario that asks for it and does not say how long", () => {
    const { netperfSeconds: _, ...without } = factors;
    expect(() => netperf.budget(without, "hardware")).toThrow("the probe netperf and no netperfSeconds");
  });
});
