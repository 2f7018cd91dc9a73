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

export interface RealCampaignOptions {
  /** Experiments and options that say what is measured. */
  words: readonly string[];
  replicates: number;
  runs: number;
}

const planSchema = z.object({
  scenarios: z.array(z.object({ name: z.string(), factors: z.looseObject({ packets: z.int() }) })),
});
const statusSchema = z.object({ deployments: z.object({ done: z.int(), wanted: z.int() }) });

const secondsBetween = ([least, most]: readonly [number, number]) => least + Math.random() * (most - least);

/** A campaign as a user runs it, on the emulated servers that are up, with a results directory of its own. */
export class RealCampaign {
  readonly #options: RealCampaignOptions;
  readonly #results = mkdtempSync(join(tmpdir(), "lab-campaign-"));

  constructor(options: RealCampaignOptions) {
    this.#options = options;
  }

  /** Starts a command of it, in a process group of its own. */
  start(what: "run" | "status" | "plan", ...more: string[]) {
    const { words, replicates, runs } = this.#options;
    const counts = ["--replicates", `${replicates}`, "--runs", `${runs}`, "--results", this.#results];
    return execa(join(checkout, "lab"), ["campaign", what, ...words, ...counts, ...more], {
      ...{ cwd: checkout, detached: true, reject: false, all: true },
    });
  }

  /** Runs it to its end, which must be that all is measured. */
  async finish(): Promise<void> {
    const { exitCode, all } = await this.start("run");
    expect(exitCode, all).toBe(0);
  }

  /** Runs it for some seconds, and does something to it or to its servers then, unless it has ended. @returns whether it had not */
  async disturb(within: readonly [least: number, most: number], how: (pid: number) => unknown): Promise<boolean> {
    const seconds = secondsBetween(within);
    const child = this.start("run");
    const hasEnded = await Promise.race([child.then(() => true), sleep(1000 * seconds, false)]);
    if (!hasEnded && child.pid !== undefined) await how(child.pid);
    const { exitCode } = await child;
    console.log(`${hasEnded ? "had ended" : "disturbed"} within ${seconds.toFixed(1)} s; exit status ${exitCode}`);
    return !hasEnded;
  }

  /** Folders in its results directory that have the name of a run that counts. */
  #folders(): string[] {
    return readdirSync(this.#results, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => readdirSync(join(this.#results, name)).map((run) => join(name, run)))
      .filter((path) => /\/rep-\d+_run-\d+$/.test(path))
      .sort();
  }

  /** Expects what one leaves that nobody disturbs: each run of the plan once, with all of its packets. */
  async expectWhole(): Promise<void> {
    const { replicates, runs } = this.#options;
    const plan = planSchema.parse(JSON.parse((await this.start("plan", "--json")).stdout));
    const wanted = plan.scenarios.flatMap(({ name, factors: { packets } }) =>
      Array.from({ length: replicates * runs }, (_, i) => ({
        folder: runFolder({ name }, Math.floor(i / runs) + 1, (i % runs) + 1),
        packets,
      })),
    );
    expect(this.#folders()).toEqual(wanted.map(({ folder }) => folder).sort());
    for (const { folder, packets } of wanted) {
      const state = inspectRun(join(this.#results, folder));
      if ("missing" in state) throw new Error(`${folder}: ${state.missing}`);
      expect(pingRecord(state.manifest).details.transmitted).toBe(packets);
    }
    const { deployments } = statusSchema.parse(JSON.parse((await this.start("status", "--json")).stdout));
    expect(deployments.done).toBe(deployments.wanted);
  }

  remove(): void {
    rmSync(this.#results, { recursive: true });
  }
}

/** Kills a campaign again and again, with all that it started, lets it end, and expects all of it to be there, once. */
export async function expectToSurviveKills(
  options: RealCampaignOptions,
  kills: number,
  within: readonly [least: number, most: number],
): Promise<void> {
  const campaign = new RealCampaign(options);
  try {
    for (let killed = 0; killed < kills; killed += 1) {
      const isKilled = await campaign.disturb(within, (pid) => process.kill(-pid, "SIGKILL"));
      expect(isKilled, "the campaign is too short for so many kills").toBe(true);
    }
    await campaign.finish();
    await campaign.expectWhole();
  } finally {
    campaign.remove();
  }
}
