import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { expect } from "vitest";
import { z } from "zod";
import { checkout } from "../../lib/paths.ts";
import { pingRecord } from "../../measure/probes/ping/record.ts";
import { inspectRun, runFolder } from "../../measure/results/token.ts";

export interface KilledCampaign {
  /** Experiments and options that say what is measured. */
  words: readonly string[];
  replicates: number;
  runs: number;
  /** How often it is killed, and within how many seconds of its beginning, drawn anew each time. */
  kills: number;
  within: readonly [least: number, most: number];
}

const lab = (words: readonly string[]) =>
  execa(join(checkout, "lab"), words, { cwd: checkout, reject: false, all: true });

const planSchema = z.object({
  scenarios: z.array(z.object({ name: z.string(), factors: z.looseObject({ packets: z.int() }) })),
});
const statusSchema = z.object({ deployments: z.object({ done: z.int(), wanted: z.int() }) });

/** Kills a command with all of its process group after some seconds. @returns whether it had not ended by itself */
async function killedAfter(seconds: number, words: readonly string[]): Promise<boolean> {
  const child = execa(join(checkout, "lab"), words, { cwd: checkout, detached: true, reject: false });
  const ended = child.then(() => true);
  const early = await Promise.race([ended, sleep(1000 * seconds, false)]);
  if (!early && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  await child;
  return !early;
}

/** Folders in a results directory that have the name of a run that counts. */
const foldersIn = (results: string): string[] =>
  readdirSync(results, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(results, name)).map((run) => join(name, run)))
    .filter((path) => /\/rep-\d+_run-\d+$/.test(path))
    .sort();

/** Kills a campaign on the emulated servers again and again, lets it end, and expects all of it to be there, once. */
export async function expectCampaignToSurvive(campaign: KilledCampaign): Promise<void> {
  const { words, replicates, runs, kills, within } = campaign;
  const results = mkdtempSync(join(tmpdir(), "lab-killed-"));
  const command = (what: "run" | "status" | "plan", ...more: string[]) => [
    ...["campaign", what, ...words, "--replicates", `${replicates}`, "--runs", `${runs}`, "--results", results],
    ...more,
  ];
  try {
    const plan = planSchema.parse(JSON.parse((await lab(command("plan", "--json"))).stdout));
    for (let killed = 0; killed < kills; ) {
      const [least, most] = within;
      const seconds = least + Math.random() * (most - least);
      const isKilled = await killedAfter(seconds, command("run"));
      console.log(`${isKilled ? "killed" : "had ended by itself"} within ${seconds.toFixed(1)} s`);
      expect(isKilled, "the campaign is too short for so many kills").toBe(true);
      killed += 1;
    }
    const { exitCode, all } = await lab(command("run"));
    expect(exitCode, all).toBe(0);
    // What one leaves that nobody kills: each run of the plan once, with all of its packets.
    const wanted = plan.scenarios.flatMap(({ name, factors: { packets } }) =>
      Array.from({ length: replicates * runs }, (_, i) => ({
        folder: runFolder({ name }, Math.floor(i / runs) + 1, (i % runs) + 1),
        packets,
      })),
    );
    expect(foldersIn(results)).toEqual(wanted.map(({ folder }) => folder).sort());
    for (const { folder, packets } of wanted) {
      const state = inspectRun(join(results, folder));
      if ("missing" in state) throw new Error(`${folder}: ${state.missing}`);
      expect(pingRecord(state.manifest).details.transmitted).toBe(packets);
    }
    const { deployments } = statusSchema.parse(JSON.parse((await lab(command("status", "--json"))).stdout));
    expect(deployments.done).toBe(deployments.wanted);
  } finally {
    rmSync(results, { recursive: true });
  }
}
