import { beforeAll, expect, test } from "vitest";
import type { PacketSample } from "../../../measure/dataset/packet-samples.ts";
import { readPacketValues } from "../../../measure/dataset/packet-values.ts";
import type { RunSeries } from "../../../measure/dataset/run-series.ts";
import { tablePaths } from "../../../measure/dataset/update.ts";
import type { Drawing } from "../../../report/figures/drawing.ts";
import { scatterFigures } from "../../../report/figures/scatter.ts";
import { seriesFigures } from "../../../report/figures/series.ts";
import type { StudyData } from "../../../report/study-data.ts";
import { drawnData, drawnStudy } from "../../support/report.ts";
import { sampleResults } from "../../support/samples.ts";

let study: StudyData;
let figures: Map<string, Drawing>;
let values: Awaited<ReturnType<typeof readPacketValues>>;
beforeAll(async () => {
  using results = await sampleResults();
  ({ study, figures } = await drawnStudy(results.directory));
  values = await readPacketValues(tablePaths(results.directory).packets, "rtt");
}, 120_000);

test("points are the RTTs of packets, each in its driver's place, and lines the runs in the middle", () => {
  const rttOf = (run: unknown, packet: unknown) => {
    const found = values.get(String(run));
    return (found?.values[found.packets.indexOf(Number(packet))] ?? Number.NaN) / 1e6;
  };
  const drivers = ["e1000-bridge", "virtio-bridge", "macvtap-passthrough", "pci-passthrough"];
  const scatter = figures.get("scatter-rtt");
  const points = scatter === undefined ? [] : drawnData(scatter).filter(({ packet }) => packet !== undefined);
  const there = [...values.values()].flatMap((one) => one.values.filter((value) => value !== null)).length;
  expect(points).toHaveLength(there);
  for (const { run, packet, ms, driver, offset } of points) {
    expect(ms).toBe(rttOf(run, packet));
    expect(Math.floor(Number(offset))).toBe(drivers.indexOf(String(driver)));
  }
  expect(scatter?.caption.join(" ")).toContain(`Drawn are all ${there} packets that have an RTT.`);
  const series = figures.get("series-rtt");
  const drawn = series === undefined ? [] : drawnData(series).filter(({ packet }) => packet !== undefined);
  expect(new Set(drawn.map(({ run }) => run))).toEqual(
    new Set([...study.series.values()].map(({ run }) => run.directory)),
  );
  expect(drawn.length).toBeGreaterThan(300);
  for (const { run, packet, ms } of drawn) if (ms !== null) expect(ms).toBe(rttOf(run, packet));
});

test("what is not drawn is counted, and the rule is said by which the rest was taken", () => {
  const cut = new Map(
    [...study.samples].map(([sha256, { of, packets }]): [string, PacketSample] => [
      sha256,
      { of, packets: packets.slice(0, 5) },
    ]),
  );
  const [figure] = scatterFigures({ ...study, samples: cut });
  expect(figure?.rows).toHaveLength(20);
  expect(figure?.caption[1]).toMatch(
    /^Drawn are 20 of \d+ packets that have an RTT: of each scenario at most 5, at evenly/,
  );
});

test("a packet that did not come back is a cross, and a run of more packets says how many are drawn", () => {
  const [run] = study.dataset.runs;
  const packets = [
    { packet: 1, value: 2e6, isLost: false },
    { packet: 2, value: null, isLost: true },
    { packet: 3, value: null, isLost: false },
    { packet: 4, value: 1e6, isLost: false },
  ];
  const series = new Map([[run?.scenarioSha256 ?? "", { run, packets, isCut: true } as RunSeries]]);
  const [figure] = seriesFigures({ ...study, series });
  if (figure === undefined) throw new Error("there is no figure of series");
  expect(figure.caption).toContain("Of a run of more packets the first 4 are drawn.");
  const drawn = drawnData(figure);
  expect(drawn.filter(({ lost }) => lost === "yes").map(({ packet }) => packet)).toContain(2);
  const [silent] = seriesFigures({ ...study, series: new Map() });
  expect(silent?.spec).toBeNull();
});
