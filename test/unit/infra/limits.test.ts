import { describe, expect, it } from "vitest";
import { deploymentLimitSeconds, impossibleRuns } from "../../../infra/config/limits.ts";
import { runBudget } from "../../../measure/probe/budget.ts";
import { problemLine } from "../../../study/problem.ts";

const config = {
  ...{ packets: 100, pingRatePps: 1000, cpuWindowSeconds: 10, readyWithinSeconds: 600, runs: 10 },
  guestMemoryMiB: 128,
  mainDriver: "virtio-bridge" as const,
};

describe("the time after which a deployment is given up", () => {
  it("has room for every run with all its attempts, and for fleets that take all the time they may", () => {
    for (const fidelity of ["hardware", "emulated"] as const)
      for (const packets of [1, 100, 65_535])
        for (const runs of [1, 11]) {
          const seconds = deploymentLimitSeconds({ ...config, packets, runs }, fidelity);
          const { runSeconds } = runBudget({ ...config, packets }, fidelity);
          expect(seconds).toBeGreaterThan(runs * runSeconds + 2 * config.readyWithinSeconds);
        }
  });
});

it("the time after which a deployment is given up has room for the probes beside ping, as long as they run", () => {
  const probes = { probes: ["netperf"], netperfSeconds: 10 };
  const more = (own: typeof probes) =>
    deploymentLimitSeconds({ ...config, ...own }, "emulated") - deploymentLimitSeconds(config, "emulated");
  // 3 attempts at each of 10 runs: two tests, two windows of 10 s.
  expect(more(probes)).toBeGreaterThan(3 * 10 * (2 * 10 + 2 * 10));
  expect(more({ ...probes, netperfSeconds: 40 }) - more(probes)).toBe(3 * 10 * 2 * 30);
});

describe("runs that cannot be", () => {
  it("are none of those that the study asks for", () => {
    for (const fidelity of ["hardware", "emulated"] as const)
      for (const packets of [1, 100, 10_000, 65_535])
        expect(impossibleRuns({ ...config, packets }, fidelity)).toEqual([]);
  });

  it("are refused where the guest cannot hold what ping prints, with what it needs", () => {
    const [problem, ...more] = impossibleRuns({ ...config, packets: 65_535, guestMemoryMiB: 96 }, "hardware");
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ key: "guestMemoryMiB", value: 96, allowed: "at least 109, or fewer packets" });
    expect(problem && problemLine(problem)).toBe(
      "guestMemoryMiB: 96 does not hold the output of ping for 65535 packets; allowed: at least 109, or fewer packets",
    );
  });

  it("are not refused for a guest's memory where ping runs on the server itself", () => {
    const large = { ...config, packets: 65_535, guestMemoryMiB: 96 };
    expect(impossibleRuns({ ...large, mainDriver: "host-vf" }, "hardware")).toEqual([]);
    const atResponder = { sender: "virtio-bridge", responder: "host-vf" } as const;
    expect(impossibleRuns({ ...large, mainDriver: atResponder }, "hardware")).toHaveLength(1);
  });

  it("are refused where nobody could wait for them, with how many could be", () => {
    const problems = impossibleRuns({ ...config, packets: 65_535, runs: 1000 }, "emulated");
    const [refusal, ...more] = problems.map(problemLine);
    expect(more).toEqual([]);
    expect(refusal).toMatch(
      /^runs: 1000 of 65535 packets may take \d+ days on emulated servers; allowed: at most 25 days a deployment, which is \d+ of these runs$/,
    );
    const fits = Number(/which is (\d+) of/.exec(refusal ?? "")?.[1]);
    expect(impossibleRuns({ ...config, packets: 65_535, runs: fits }, "emulated")).toEqual([]);
    expect(impossibleRuns({ ...config, packets: 65_535, runs: fits + 1 }, "emulated")).toHaveLength(1);
    const long = { ...config, probes: ["netperf"], netperfSeconds: 600, runs: 1000 };
    expect(impossibleRuns(long, "emulated").map(problemLine)).toEqual([
      expect.stringMatching(/^runs: 1000 of 100 packets and netperf may take \d+ days /),
    ]);
  });
});
