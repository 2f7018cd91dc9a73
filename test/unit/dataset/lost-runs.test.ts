import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDataset } from "../../../measure/dataset/open.ts";
import { sampleResults } from "../../support/samples.ts";

test("a run that was set aside is lost, unless it was measured again and counts", async () => {
  using results = await sampleResults();
  const { directory } = results;
  const scenario = readdirSync(directory).find((name) => name.startsWith("pci")) ?? "";
  const [run = ""] = readdirSync(join(directory, scenario)).filter((name) => name.startsWith("rep-"));
  const aside = join(scenario, `invalid_${run}_x`);
  cpSync(join(directory, scenario, run), join(directory, aside), { recursive: true });
  const path = join(directory, aside, "manifest.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...manifest, status: "invalid", problems: ["a capture dropped packets"] }));
  expect((await openDataset(directory)).lost).toEqual([]);

  rmSync(join(directory, scenario, run), { recursive: true });
  const { lost, runs } = await openDataset(directory);
  expect(lost).toHaveLength(1);
  expect(lost[0]).toMatchObject({
    ...{ directory: aside, scenario, replicate: manifest.replicate, run: manifest.run },
    cpu: { cpuSender: { unavailable: "a capture dropped packets" } },
    metrics: { rtt: { unavailable: "a capture dropped packets" } },
  });
  expect(runs.map((one) => one.directory)).not.toContain(aside);
});

test("a run whose files changed is lost too, and a copy is not", async () => {
  using results = await sampleResults();
  const { directory } = results;
  const scenario = readdirSync(directory).find((name) => name.startsWith("pci")) ?? "";
  const [run = ""] = readdirSync(join(directory, scenario)).filter((name) => name.startsWith("rep-"));
  writeFileSync(join(directory, scenario, run, "ping", "ping.txt"), "spoilt");
  cpSync(join(directory, scenario), join(directory, "copy", scenario), { recursive: true });
  const { lost } = await openDataset(directory);
  const folders = lost.map((one) => one.directory);
  expect(folders).toContain(join(scenario, run));
  expect(folders.every((folder) => folder.endsWith(run))).toBe(true);
});
