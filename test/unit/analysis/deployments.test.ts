import { describe, expect, test } from "vitest";
import { studyRuns } from "../../../measure/analysis/arms.ts";
import { checkClaims } from "../../../measure/analysis/claims/check.ts";
import { compareSides } from "../../../measure/analysis/compare/compare.ts";
import { contrastsOf } from "../../../measure/analysis/contrasts.ts";
import { deploymentsOf } from "../../../measure/analysis/deployments.ts";
import { kendallFigure } from "../../../measure/analysis/kendall-figure.ts";
import { claimLines } from "../../../measure/analysis/print/claims.ts";
import { table3 } from "../../../measure/analysis/table3.ts";
import { type MadeRun, madeRun, tenRuns } from "../../support/study-runs.ts";

const bridgeAndPci = (made: (main: string, run: number) => MadeRun, replicates: number, runs: number) =>
  ["virtio-bridge", "pci-passthrough"].flatMap((main) =>
    Array.from({ length: replicates * runs }, (_, i) => {
      const run = (i % runs) + 1;
      const replicate = Math.floor(i / runs) + 1;
      const record = madeRun({ main, replicate, ...made(main, run) });
      return { ...record, run, directory: `${record.directory}${run}` };
    }),
  );

/** Ten runs of one deployment each, PCI always faster. */
const oneDeployment = bridgeAndPci((main, run) => ({ rttMs: (main === "virtio-bridge" ? 2 : 1) + run / 1000 }), 1, 10);

describe("a deployment", () => {
  test("has the median of its runs for its value, of spreads, maxima and CPU usages too", () => {
    const [first] = deploymentsOf(
      [1, 2, 9].map((value) => madeRun({ rttMs: value, spreadMs: value, maxMs: 10 * value, cpu: value })),
    );
    const values = (["rtt", "rttSpread", "rttMax", "cpuSender"] as const).map((measure) => first?.valueOf(measure));
    expect(values).toEqual([2, 2, 20, 2]);
  });

  test("is told from others by scenario, replicate and results directory", () => {
    const runs = [madeRun(), madeRun({ replicate: 2 }), { ...madeRun(), batch: "other" }, madeRun({ ratePps: 1e6 })];
    expect(deploymentsOf([...runs, ...runs]).map((one) => one.runs.length)).toEqual([2, 2, 2, 2]);
  });
});

describe("contrasts", () => {
  const placed = (rttMs: number | null, replicate: number, cell: string) => {
    const run = madeRun({ replicate, rttMs: rttMs ?? 1 });
    const metrics = rttMs === null ? { ...run.metrics, rtt: { unavailable: "none" } } : run.metrics;
    const [deployment] = deploymentsOf([{ ...run, metrics }]);
    return { deployment: deployment as NonNullable<typeof deployment>, cell };
  };

  test("are one a replicate, the mean of its cells' logarithms", () => {
    const first = [placed(2, 1, "a"), placed(8, 1, "b"), placed(3, 2, "a"), placed(5, 3, "c"), placed(null, 4, "a")];
    const second = [placed(1, 1, "a"), placed(1, 1, "b"), placed(3, 2, "a"), placed(1, 4, "a")];
    const found = contrastsOf(first, second, "rtt");
    expect([...found.values].map(Math.exp)).toEqual([expect.closeTo(4, 12), 1]);
    expect(found).toMatchObject({
      ...{ pairs: 3, cells: 2, unmatched: { first: 1, second: 1 }, withoutValue: { first: 1, second: 0 } },
    });
  });
});

describe("runs of one deployment", () => {
  test("are one value of Table 3, with neither p nor interval", () => {
    const row = table3(studyRuns(oneDeployment), "deployment").find(({ n, measure }) => n > 0 && measure === "rtt");
    expect(row).toMatchObject({ n: 1, pValue: null, pHolm: null, notes: ["not enough data: one replicate"] });
    expect(row?.ratio).toMatchObject({ estimate: expect.closeTo(0.5, 2), interval: null });
    expect(table3(studyRuns(oneDeployment), "run-median").find(({ n }) => n > 0)?.n).toBe(10);
  });

  test("decide no claim", () => {
    const claims = checkClaims({ runs: studyRuns(oneDeployment), fidelity: "hardware" });
    expect(claims.filter(({ verdict }) => verdict === "reproduced" || verdict === "contradicted")).toEqual([]);
    expect(claims.find(({ id }) => id === "C7")?.evidence[1]).toMatchObject({
      ...{ verdict: "not enough data", n: 1, shortage: "not enough data: one replicate" },
      tested: { replicates: 1, deployments: 2, runs: 20 },
    });
  });

  test("have one correlation and no interval in Figure 21", () => {
    const cells = kendallFigure(studyRuns(oneDeployment), "deployment");
    expect(cells.find(({ measure }) => measure === "rtt")).toMatchObject({ n: 2, replicates: 1, interval: null });
  });

  test("are compared without a verdict", async () => {
    const [bridge, pci] = ["virtio-bridge", "pci-passthrough"].map((name) => ({
      ...{ name, directory: "r", fidelity: "hardware" },
      runs: oneDeployment.filter(({ mains }) => mains.sender === name),
    }));
    const { rows } = await compareSides(bridge!, pci!, "deployment");
    expect(rows[0]?.verdict).toBe("not enough data: one replicate; here B is lower by 50 %");
    const apart = await compareSides(bridge!, { ...pci!, directory: "s" }, "deployment");
    expect(apart.rows[0]?.comparison).toMatchObject({ test: "mann-whitney", n: 1, pValue: null });
    expect(apart.rows[0]?.verdict).toMatch(/^not enough data: one replicate/);
  });
});

describe("several deployments", () => {
  const sides = (replicates: number) => {
    const runs = bridgeAndPci(
      (main, run) => ({ rttMs: (main === "virtio-bridge" ? 2 : 1) + run / 1000 }),
      replicates,
      2,
    );
    const varied = runs.map((run) => ({
      ...run,
      metrics: madeRun({
        rttMs: (run.mains.sender === "virtio-bridge" ? 2 : 1) * (1 + run.replicate ** 2 / 1000) + run.run / 1000,
      }).metrics,
    }));
    return ["virtio-bridge", "pci-passthrough"].map((name) => ({
      ...{ name, directory: "r", fidelity: "hardware" },
      runs: varied.filter(({ mains }) => mains.sender === name),
    }));
  };

  test("of which there are three to five are compared by Student's t, which is said", async () => {
    const [a, b] = sides(3);
    const { rows, notes } = await compareSides(a!, b!, "deployment");
    expect(rows[0]).toMatchObject({ comparison: { n: 3, ratio: { interval: { method: "t" } } } });
    expect(rows[0]?.verdict).toBe("B is lower by 50 %");
    expect(notes).toContainEqual(expect.stringMatching(/normally distributed, and cannot check it/));
  });

  test("of which there are six need no distribution", async () => {
    const [a, b] = sides(6);
    const { rows, notes } = await compareSides(a!, b!, "deployment");
    expect(rows[0]).toMatchObject({ comparison: { n: 6, ratio: { interval: { method: "exact" } } } });
    expect(notes.join()).not.toContain("Student");
  });

  test("of two results directories are values of their replicates, where these have all scenarios of both", async () => {
    const [a, b] = sides(6);
    const first = { ...a!, runs: [...a!.runs, ...b!.runs] };
    const second = { ...first, directory: "s", runs: first.runs.filter((run) => run.replicate < 6 || run.run === 2) };
    const lacking = {
      ...second,
      runs: second.runs.filter((run) => run.replicate > 1 || run.mains.sender !== "virtio-bridge"),
    };
    const { rows, pairing } = await compareSides(first, lacking, "deployment");
    expect(rows[0]?.comparison).toMatchObject({
      test: "mann-whitney",
      n: 5,
      ratio: { estimate: expect.closeTo(1, 1) },
    });
    expect(pairing).toBe(
      "no pairs: 6 and 5 replicates of different deployments, each the mean of the 2 scenarios that both sides have; " +
        "1 deployments of replicates that lack one of these are left out",
    );
  });
});

describe("evidence says what was tested", () => {
  const atSender = { load: { type: "cpu", location: "sender" } } as const;
  const few = { background: { vms: 2, driver: "virtio-bridge" }, ...atSender };
  const runs = studyRuns([
    ...tenRuns({ main: "macvtap-passthrough", rttMs: 1, ...few }),
    ...tenRuns({ main: "virtio-bridge", rttMs: 2, ...few }),
  ]);
  const claims = checkClaims({ runs, fidelity: "emulated" });
  const c5 = claims.find(({ id }) => id === "C5");

  test("with the levels that were there, in JSON", () => {
    expect(c5).toMatchObject({ verdict: "reproduced", partly: true, parts: 1 });
    expect(c5?.evidence[0]).toMatchObject({
      statement: "median RTT: MacVTap below Bridge (CPU load at the Sender, 2 background VMs in place of 64)",
      tested: {
        ...{ backgroundVms: [2], loads: ["cpu at sender"], pingRatesPps: [1000] },
        ...{ replicates: 10, deployments: 20, runs: 20 },
      },
      ...{ n: 10, unit: "ratio", low: expect.closeTo(0.5, 3), high: expect.closeTo(0.5, 3) },
    });
  });

  test("and in text", () => {
    const text = claimLines(claims.filter(({ id }) => id === "C5"));
    expect(text).not.toMatch(/64 background VMs/);
    expect(text).toMatch(
      /2 background VMs in place of 64\): 0\.500 \[0\.500, 0\.500\] ratio; n = 10 replicates; 20 deployments \(20 runs\) with 2 background VMs, load cpu at sender, 1 kpps/,
    );
  });

  test("what was decided first, and what could not be compared in a line", () => {
    const [, first = "", ...more] = claimLines(claims).split("\n");
    const decided = claims.filter(({ verdict }) => verdict === "reproduced" || verdict === "contradicted");
    expect(decided.length).toBeGreaterThan(0);
    expect(first).toContain(`${decided[0]?.id.padEnd(4)} ${decided[0]?.verdict}`);
    const named = [...claimLines(claims).matchAll(/\bC\d+\b(?=,|$)|(?<=^ {2})C\d+/gm)].map(([id]) => id);
    expect([...named].sort()).toEqual(claims.map(({ id }) => id).sort());
    expect(more.filter((line) => line.startsWith("  these data have nothing to compare for"))).toHaveLength(1);
  });

  test("with the numbers of VMs that VFs allowed", () => {
    const responder = { load: { type: "network", location: "responder" } } as const;
    const side = (main: string, vms: number, driver: string, rttMs: number) =>
      tenRuns({ main, rttMs, background: { vms, driver }, ...responder });
    const records = [32, 62].flatMap((vms) => [
      ...side("macvtap-passthrough", vms, "macvtap-passthrough", 1),
      ...side("pci-passthrough", vms, "pci-passthrough", 2),
    ]);
    const found = checkClaims({ runs: studyRuns(records), fidelity: "hardware" }).find(({ id }) => id === "C12");
    expect(found?.evidence.map(({ statement }) => statement.replace(/.*, /, ""))).toEqual([
      "32 background VMs)",
      "62 background VMs in place of 64)",
    ]);
  });
});
