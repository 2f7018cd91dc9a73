import { describe, expect, test } from "vitest";
import { compareDrivers } from "../../../cli/demo/comparisons.ts";
import { studyRuns } from "../../../measure/analysis/arms.ts";
import { kendallFigure } from "../../../measure/analysis/kendall-figure.ts";
import { table3 } from "../../../measure/analysis/table3.ts";
import { madeRun } from "../../support/study-runs.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const drivers = ["virtio-bridge", "macvtap-passthrough", "pci-passthrough"];

describe("Figure 21", () => {
  /** Numbers of background VMs slow everybody; no driver differs but by a little noise that has no direction. */
  const campaign = (has: (main: string, vms: number) => boolean) =>
    studyRuns(
      numbers(8).flatMap((replicate) =>
        drivers.flatMap((main, i) =>
          [1, 2]
            .filter((vms) => has(main, vms))
            .map((vms) =>
              madeRun({
                ...{ main, replicate, background: { vms, driver: "virtio-bridge" } },
                load: { type: "cpu", location: "sender" },
                rttMs: 10 ** vms * (1 + ((replicate + i * 3) % 8) / 100),
              }),
            ),
        ),
      ),
    );
  const rttCells = (runs: ReturnType<typeof campaign>) =>
    kendallFigure(runs, "deployment").filter(({ measure }) => measure === "rtt");

  test("does not take a cell that a driver lacks for an effect of the driver", () => {
    const whole = rttCells(campaign((_, vms) => vms === 1));
    const lacking = rttCells(campaign((main, vms) => vms === 1 || main !== "pci-passthrough"));
    expect(lacking).toEqual(whole);
    expect(whole.every(({ interval }) => interval && interval.low <= 0 && interval.high >= 0)).toBe(true);
  });

  test("has no interval where no cell has every driver", () => {
    const apart = rttCells(campaign((main, vms) => (main === "pci-passthrough") === (vms === 1)));
    expect(apart.map(({ tau, interval }) => [tau !== null, interval])).toEqual(drivers.map(() => [true, null]));
    expect(apart[0]?.notes).toEqual([expect.stringMatching(/^no cell has a deployment of every driver/)]);
  });

  test("tells a driver that stands alone from values that are all equal", () => {
    const alone = studyRuns(numbers(6).map((replicate) => madeRun({ replicate })));
    expect(kendallFigure(alone, "deployment")[0]?.notes).toEqual(["one driver only"]);
    const equal = numbers(6).flatMap((replicate) => drivers.map((main) => madeRun({ main, replicate })));
    expect(kendallFigure(studyRuns(equal), "deployment")[0]?.notes).toEqual([
      "all values of a replicate are equal: there is no order to correlate",
    ]);
  });
});

describe("rounding of doubles is no effect", () => {
  const pair = (main: string, replicate: number, values: number[]) =>
    values.map((cpu, run) => ({ ...madeRun({ main, replicate, cpu, rttMs: cpu }), run, directory: `${main}${run}` }));
  const runs = studyRuns(
    numbers(8).flatMap((replicate) => [
      ...pair("virtio-bridge", replicate, [0.1, 0.5]),
      ...pair("pci-passthrough", replicate, [0.2, 0.4]),
    ]),
  );

  test("in Table 3, for differences and for ratios", () => {
    const rows = table3(runs, "deployment").filter(({ n }) => n > 0);
    expect(rows.map(({ measure, pValue, effect }) => [measure, pValue, effect])).toEqual([
      ["cpuSender", null, null],
      ["rtt", null, null],
    ]);
    expect(rows[0]?.difference).toMatchObject({ estimate: 0, interval: { low: 0, high: 0 } });
  });

  test("in Figure 21", () => {
    expect(kendallFigure(runs, "deployment").map(({ tau }) => tau)).toEqual([null, null, null, null]);
  });

  test("in the demo", () => {
    const medians = (values: number[]) =>
      numbers(6).flatMap((replicate) => values.map((medianMs) => ({ replicate, medianMs })));
    const [found] = compareDrivers({ a: medians([0.1, 0.5]), b: medians([0.2, 0.4]) });
    expect(found).toMatchObject({ ratio: 1, toldApart: false });
  });
});
