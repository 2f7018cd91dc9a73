import { describe, expect, test } from "vitest";
import { studyRuns } from "../../../measure/analysis/arms.ts";
import { checkClaims } from "../../../measure/analysis/claims/check.ts";
import { insideVerdict, together } from "../../../measure/analysis/claims/evidence.ts";
import { studyClaims } from "../../../measure/analysis/claims/study.ts";
import { ruleWords } from "../../../measure/analysis/claims/words.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { type MadeRun, tenRuns } from "../../support/study-runs.ts";

function verdicts(records: readonly RunRecord[], fidelity = "hardware") {
  const runs = studyRuns(records);
  const claims = checkClaims({ runs, fidelity });
  return Object.fromEntries(claims.map(({ id, verdict, partly }) => [id, partly ? `${verdict} in part` : verdict]));
}

const evidenceFor = (claim: string, records: readonly RunRecord[], fidelity = "hardware") =>
  checkClaims({ runs: studyRuns(records), fidelity }).find(({ id }) => id === claim)?.evidence;

const bridge = (vms: number) => ({ background: { vms, driver: "virtio-bridge" } });
const atSender = { load: { type: "cpu", location: "sender" } } as const;
const atResponder = { load: { type: "network", location: "responder" } } as const;
const mains = {
  E1000: "e1000-bridge",
  Bridge: "virtio-bridge",
  MacVTap: "macvtap-passthrough",
  PCI: "pci-passthrough",
};

test("has a rule for each of the nineteen claims, in words that differ", () => {
  expect(studyClaims.map(({ id }) => id)).toEqual(Array.from({ length: 19 }, (_, i) => `C${i + 1}`));
  const words = studyClaims.flatMap(({ id, rules }) => rules.map((rule) => `${id} ${ruleWords(rule)}`));
  expect(new Set(words).size).toBe(words.length);
  for (const { rules } of studyClaims) expect(rules.length).toBeGreaterThan(0);
});

test("nothing is decided without data", () => {
  expect(new Set(Object.values(verdicts([])))).toEqual(new Set(["not enough data"]));
  expect(verdicts([], "emulated")).toMatchObject({
    C1: "not enough data",
    C3: "not testable here",
    C9: "not testable here",
  });
});

describe("an order at each number of background VMs (C1)", () => {
  const data = (bridgeMs: (vms: number) => number) =>
    [0, 8, 128].flatMap((vms) => {
      const busy = vms === 0 ? {} : { ...bridge(vms), ...atSender };
      return [
        ...tenRuns({ main: mains.Bridge, rttMs: bridgeMs(vms), ...busy }),
        ...tenRuns({ main: mains.E1000, rttMs: 1, ...busy }),
      ];
    });

  test("is reproduced by one order everywhere", () => expect(verdicts(data(() => 0.5)).C1).toBe("reproduced"));
  test("is contradicted at one of them", () =>
    expect(verdicts(data((vms) => (vms === 8 ? 2 : 0.5))).C1).toBe("contradicted"));
  test("is undecided where one does not tell", () =>
    expect(verdicts(data((vms) => (vms === 8 ? 1 : 0.5))).C1).toBe("not enough data"));
  test("needs several", () =>
    expect(verdicts(data(() => 0.5).filter(({ vms }) => vms === 0)).C1).toBe("not enough data"));
  test("holds on emulated servers as on real ones", () =>
    expect(
      verdicts(
        data(() => 0.5),
        "emulated",
      ).C1,
    ).toBe("reproduced"));
});

describe("no difference (C3)", () => {
  const data = (fastMs: number, achievedPps: number) =>
    [mains.Bridge, mains.E1000].flatMap((main) => [
      ...tenRuns({ main, rttMs: 1 }),
      ...tenRuns({ main, rttMs: fastMs, ratePps: 1_000_000, achievedPps }),
    ]);

  test("is an interval inside the margin", () => expect(verdicts(data(1.02, 5000)).C3).toBe("reproduced"));
  test("is contradicted by an interval outside it", () => expect(verdicts(data(1.5, 5000)).C3).toBe("contradicted"));
  test("is undecided on its edge", () => expect(verdicts(data(1.1, 5000)).C3).toBe("not enough data"));
  test("cannot be asked where ping sent equally fast", () =>
    expect(verdicts(data(1.02, 1000)).C3).toBe("not testable here"));
  test("is not asked of emulated servers", () =>
    expect(verdicts(data(1.02, 5000), "emulated").C3).toBe("not testable here"));
  test("is asked of servers in virtual time", () => {
    expect(verdicts(data(1.02, 5000), "emulated-virtual").C3).toBe("reproduced");
    expect(verdicts(data(1.5, 5000), "emulated-virtual").C3).toBe("contradicted");
  });
});

describe("numbers of the paper", () => {
  const loaded = { ...bridge(64), ...atSender };
  const data = (macvtapMs: number, bridgeMs: number) => [
    ...tenRuns({ main: mains.MacVTap, rttMs: macvtapMs, ...loaded }),
    ...tenRuns({ main: mains.Bridge, rttMs: bridgeMs, ...loaded }),
  ];

  test("hold within a factor of two, halves from a third to two thirds (C5)", () => {
    expect(verdicts(data(0.5, 1)).C5).toBe("reproduced");
    expect(verdicts(data(0.9, 1)).C5).toBe("contradicted");
    expect(verdicts(data(5, 10)).C5).toBe("contradicted");
  });

  test("leave the order to emulated servers, at the most background VMs that there are", () => {
    const few = data(50, 100).map((run) => ({ ...run, vms: 2 }));
    expect(verdicts(few, "emulated").C5).toBe("reproduced in part");
    expect(verdicts(few).C5).toBe("not enough data");
  });
});

describe("competition (4.4)", () => {
  const competitors = (vms: number, cpu: Record<string, number>, rttMs: Record<string, number>): RunRecord[] => {
    const made = (name: string, main: string, driver: string): MadeRun => ({
      ...{ main, background: { vms, driver }, ...atResponder },
      ...{ cpu: cpu[name] ?? 50, rttMs: rttMs[name] ?? 1 },
    });
    return [
      ...tenRuns(made("PCI", mains.PCI, mains.PCI)),
      ...tenRuns(made("MacVTap", mains.MacVTap, mains.MacVTap)),
      ...tenRuns(made("PCI-BG", mains.Bridge, mains.PCI)),
    ];
  };
  const cpu = { PCI: 95, MacVTap: 77, "PCI-BG": 93 };
  const rtt = { PCI: 2, MacVTap: 1, "PCI-BG": 3 };

  test("takes 63 background VMs for the paper's 64, which a port's VFs do not allow", () => {
    const found = verdicts([...competitors(32, cpu, rtt), ...competitors(63, cpu, rtt)]);
    expect(found).toMatchObject({ C10: "reproduced", C12: "reproduced", C13: "reproduced" });
    expect(verdicts(competitors(32, cpu, rtt)).C12).toBe("not enough data");
  });

  test("turns at 8 (C11)", () => {
    expect(verdicts(competitors(8, { PCI: 74, MacVTap: 100, "PCI-BG": 74 }, rtt)).C11).toBe("reproduced");
    expect(verdicts(competitors(8, cpu, rtt)).C11).toBe("contradicted");
  });

  test("says nothing of CPU usage on emulated servers", () => {
    const found = verdicts([...competitors(2, cpu, rtt)], "emulated");
    expect(found).toMatchObject({ C10: "not testable here", C12: "reproduced", C13: "reproduced" });
  });
});

test("CPU load raises median and spread (C2), measured against runs without background VMs", () => {
  const data = (spread: number) =>
    [mains.Bridge, mains.E1000].flatMap((main) => [
      ...tenRuns({ main, rttMs: 0.1, spreadMs: 0.01 }),
      ...tenRuns({ main, rttMs: 0.5, spreadMs: 0.02, ...bridge(8), ...atSender }),
      ...tenRuns({ main, rttMs: 0.9, spreadMs: spread, ...bridge(128), ...atSender }),
    ]);
  expect(verdicts(data(0.1)).C2).toBe("reproduced");
  expect(verdicts(data(0.001)).C2).toBe("contradicted");
});

test("not reduced (C14) is an interval above the margin", () => {
  const data = (spread: number) =>
    [mains.Bridge, mains.MacVTap, mains.PCI].flatMap((main) =>
      tenRuns({ main, spreadMs: main === mains.Bridge ? 0.1 : spread, ...bridge(8), ...atSender }),
    );
  expect(verdicts(data(0.1)).C14).toBe("reproduced");
  expect(verdicts(data(0.05)).C14).toBe("contradicted");
});

test("the order of the largest RTTs is tested, their size is shown (C8)", () => {
  const run = (main: string, maxMs: number, load: MadeRun["load"]) =>
    tenRuns({ main, maxMs, ...bridge(128), ...(load && { load }), ratePps: 1_000_000 });
  const data = (pci: number) => [
    ...run(mains.PCI, pci, atResponder.load),
    ...run(mains.MacVTap, 199, atResponder.load),
    ...run(mains.PCI, pci, atSender.load),
  ];
  expect(verdicts(data(118)).C8).toBe("reproduced in part");
  expect(verdicts(data(300)).C8).toBe("contradicted in part");
  const [, largest] = evidenceFor("C8", data(118)) ?? [];
  expect(largest).toMatchObject({
    verdict: "shown, not tested",
    estimate: 118,
    n: null,
    note: expect.stringContaining("grows with n"),
  });
});

test("verdicts of several rules", () => {
  expect(together(["reproduced", "reproduced"])).toBe("reproduced");
  expect(together(["reproduced", "not testable here"])).toBe("reproduced");
  expect(together(["not enough data", "contradicted"])).toBe("contradicted");
  expect(together(["not testable here"])).toBe("not testable here");
  expect(together(["reproduced", "not enough data"])).toBe("not enough data");
  expect(together(["reproduced", "shown, not tested"])).toBe("reproduced");
  expect(together(["not testable here", "shown, not tested"])).toBe("shown, not tested");
  expect(insideVerdict(null, { low: 0, high: 1 })).toBe("not enough data");
});
