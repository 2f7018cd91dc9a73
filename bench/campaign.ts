import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scenario } from "../study/scenario.ts";
import type { BenchRow } from "./bench-row.ts";
import { runLab, usedWords } from "./in-own-process.ts";
import { writeSyntheticResults } from "./synthetic-results.ts";

const replicates = 12;
const words = ["all", "--profile", "paper", "--runs", "1", "--replicates", String(replicates)];

/** Servers that carry the grid, whom nobody asks. */
const server = (address: string) => ({
  ...{ address, privateKeyFile: "/none", hostKey: "ssh-ed25519 AAAA", cpus: 12, memoryMiB: 65_536 },
  pfs: [{ name: "port", vfs: 63 }],
});
const hosts = { fidelity: "hardware", hosts: { sender: server("sender"), responder: server("responder") } };

interface Planned {
  scenarios: (Scenario & { hash: string; done: number })[];
}

/** The plan of the paper's whole grid, and `campaign status` of about 2500 runs of it, read for the first time and again. */
export async function run(): Promise<BenchRow[]> {
  const directory = await mkdtemp(join(tmpdir(), "bench-campaign-"));
  const results = join(directory, "results");
  const hostsFile = join(directory, "servers.json");
  const where = ["--hosts", hostsFile, "--results", results, "--json"];
  try {
    await writeFile(hostsFile, JSON.stringify(hosts));
    const plan = await runLab("campaign", "plan", ...words, ...where);
    const { scenarios } = JSON.parse(plan.stdout) as Planned;
    writeSyntheticResults(
      results,
      scenarios.map(({ name, hash, factors }) => ({ name, sha256: hash, factors })),
      replicates,
    );
    const runs = scenarios.length * replicates;
    const status = async () => {
      const used = await runLab("campaign", "status", ...words, ...where);
      const { deployments } = JSON.parse(used.stdout) as { deployments: { done: number } };
      if (deployments.done !== runs) throw new Error(`status found ${deployments.done} of ${runs} runs`);
      return usedWords(used);
    };
    return [
      { what: `plan of the paper's grid, ${scenarios.length} scenarios`, value: usedWords(plan) },
      { what: `status of ${runs} runs, each read for the first time`, value: await status() },
      { what: "status again, nothing new", value: await status() },
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
