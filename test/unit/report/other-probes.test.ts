import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { netperf } from "../../../measure/probes/netperf/probe.ts";
import { checksumsOf, outputFile } from "../../../measure/results/run-files.ts";
import { drawnData, drawnStudy } from "../../support/report.ts";
import { sampleResults } from "../../support/samples.ts";

const { id } = netperf;
const printed = (name: string) => readFileSync(join(import.meta.dirname, "..", "..", "data", id, `${name}.txt`));

/** Makes the runs of a results directory ones that measured with netperf too. @param outputOf what it printed in a run of a scenario */
function addNetperf(directory: string, outputOf: (scenario: string) => Buffer): void {
  for (const scenario of readdirSync(directory))
    for (const run of readdirSync(join(directory, scenario))) {
      const folder = join(directory, scenario, run);
      const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
      const file = `${id}/${outputFile(id)}`;
      const output = outputOf(scenario);
      mkdirSync(join(folder, id));
      writeFileSync(join(folder, file), output);
      const [{ cpu }] = manifest.probes;
      const none = { parameters: { seconds: 2 }, captures: { sender: [], responder: [] }, metrics: {}, details: {} };
      manifest.probes.push({ id, folder: id, cpu, ...none });
      Object.assign(manifest.files, checksumsOf(new Map([[file, output]])));
      writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
    }
}

test("every metric of netperf has box plots, and none where it is unavailable", { timeout: 120_000 }, async () => {
  using results = await sampleResults();
  addNetperf(results.directory, (scenario) =>
    printed(scenario.startsWith("pci-passthrough") ? "lost-response" : "loopback"),
  );
  const { study, figures } = await drawnStudy(results.directory);
  expect(study.dataset.update.leftOut).toEqual([]);
  const names = [...figures.keys()].filter((name) => name.startsWith(`boxes-${id}-`));
  expect(names).toHaveLength(Object.keys(netperf.metrics).length);
  const boxOf = (name: string, driver: string) => {
    const figure = figures.get(`boxes-${id}-${name}`);
    return figure && drawnData(figure).find((datum) => datum.driver === driver && datum.n !== undefined);
  };
  // A rate as it is, nanoseconds as milliseconds.
  expect(boxOf("udp-transaction-rate", "virtio-bridge")).toMatchObject({ n: 2, median: 51499.937 });
  expect(boxOf("udp-latency-p50", "virtio-bridge")?.median).toBeCloseTo(0.017, 12);
  expect(boxOf("udp-latency-p50", "pci-passthrough")?.median).toBeCloseTo(0.02, 12);
  expect(figures.get(`boxes-${id}-udp-transaction-rate`)?.missing).toEqual([
    "unavailable for pci-passthrough: of 2 s it waited 1.4 s for a response that did not come",
  ]);
});
