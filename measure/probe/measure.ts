import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { canonicalJson, sha256 } from "../../lib/canonical.ts";
import { LabError, messageOf } from "../../lib/errors.ts";
import { publishFolder } from "../../lib/publish.ts";
import type { Role } from "../../lib/roles.ts";
import { timingOf } from "../../study/terms.ts";
import { summariseRun } from "../metrics/run-summary.ts";
import { type BackgroundUse, type Manifest, manifestSchema } from "../results/manifest.ts";
import { manifestFile } from "../results/run-files.ts";
import { inspectRun, runFolder } from "../results/token.ts";
import { type MissingCaptures, unavailableRecord } from "../results/unavailable.ts";
import { backgroundProblems, backgroundUse, parseCpuLook } from "./background.ts";
import { attempts } from "./budget.ts";
import { environmentOf } from "./environment.ts";
import { forgetLoad } from "./forget-load.ts";
import type { RunOutcome } from "./outcome.ts";
import { type RawRun, rawRun } from "./raw-run.ts";
import { clockProblems } from "./shared-clock.ts";
import type { RunSpec } from "./spec.ts";

const hashed = (files: Map<string, Buffer>): Manifest["files"] =>
  Object.fromEntries([...files].map(([name, data]) => [name, { sha256: sha256(data), bytes: data.length }]));

/** Why a server has no captures, by server. */
const missingCapturesOf = ({ ends: { sender, responder } }: RunSpec): MissingCaptures => ({
  ...(sender.unavailable && { sender: sender.unavailable }),
  ...(responder.unavailable && { responder: responder.unavailable }),
});

/** What a server's background VMs did during a run, and why it does not count because of them. */
function backgroundOf(role: Role, { ends }: RunSpec, raw: RawRun): { use: BackgroundUse[]; problems: string[] } {
  const { background } = ends[role];
  if (!background) return { use: [], problems: [] };
  const look = (when: "before" | "after") => ({
    cpu: parseCpuLook(raw.facts[role][when].background ?? ""),
    udp: raw.udp[role][when],
  });
  const use = backgroundUse(background, look("before"), look("after"));
  return { use, problems: backgroundProblems(role, background, use) };
}

async function manifestOf(
  spec: RunSpec,
  raw: RawRun,
  attempt: number,
  seed: number,
  pingId: number,
): Promise<{ manifest: Manifest; loadRan: boolean }> {
  const { packets, ratePps } = timingOf(spec.scenario.factors);
  const summary = await summariseRun({
    files: raw.files,
    captures: raw.captures,
    windows: raw.windows,
    requestedPackets: packets,
    requestedRatePps: ratePps,
    pingId,
    pingSeconds: raw.ping.seconds,
    reasons: missingCapturesOf(spec),
  });
  const environment = environmentOf(spec, raw);
  const { sender, responder } = spec.ends;
  const background = { sender: backgroundOf("sender", spec, raw), responder: backgroundOf("responder", spec, raw) };
  const problems = [
    ...clockProblems(raw.clock),
    ...summary.problems,
    ...background.sender.problems,
    ...background.responder.problems,
  ];
  const manifest = manifestSchema.parse({
    schemaVersion: 1,
    status: problems.length === 0 ? "valid" : "invalid",
    scenario: spec.scenario,
    scenarioSha256: spec.scenario.sha256,
    environmentSha256: sha256(canonicalJson(environment)),
    environment,
    fidelity: spec.fidelity,
    replicate: spec.replicate,
    run: spec.run,
    ...(spec.order && { order: spec.order }),
    token: spec.token,
    attempt,
    seed,
    pingId,
    started: raw.started.toISOString(),
    ended: raw.ended.toISOString(),
    deployment: {
      sender: raw.facts.sender.before.deployment ?? "",
      responder: raw.facts.responder.before.deployment ?? "",
    },
    files: hashed(raw.files),
    captures: raw.captures,
    ...unavailableRecord(missingCapturesOf(spec)),
    clocks: {
      sender: raw.facts.sender.before.clocksource ?? "",
      responder: raw.facts.responder.before.clocksource ?? "",
    },
    ...(raw.clock && { sharedClock: raw.clock }),
    pinning: { sender: sender.pinnedCore ?? null, responder: responder.pinnedCore ?? null },
    facts: { servers: raw.facts, guests: raw.guestFacts },
    ...((sender.background || responder.background) && {
      background: { sender: background.sender.use, responder: background.responder.use },
    }),
    ...summary,
    problems,
  });
  return { manifest, loadRan: background.sender.problems.length + background.responder.problems.length === 0 };
}

/** Where a run goes that does not take the run's own place: beside it, never over anything. */
async function asideOf(folder: string, why: string): Promise<string> {
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, "-");
  return join(dirname(folder), `${why}_${basename(folder)}_${stamp}`);
}

async function publish(folder: string, files: Map<string, Buffer>, manifest: Manifest): Promise<void> {
  const published = await publishFolder(folder, async (temporary) => {
    for (const [name, data] of files) await writeFile(join(temporary, name), data);
    await writeFile(join(temporary, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
  });
  if (!published)
    throw new LabError(`${folder} appeared while its run was measured: another process measures the same run`);
}

const outcomeOf = (manifest: Manifest, directory: string, measured: boolean): RunOutcome => ({
  run: manifest.run,
  replicate: manifest.replicate,
  directory,
  manifestSha256: sha256(canonicalJson(manifest)),
  measured,
  summary: manifest.metrics,
});

/**
 * Makes a run count: keeps the one that is there and valid, else measures it and publishes it as a whole. An attempt
 * that does not count is kept beside, under a name that says so, and tried again.
 * @throws LabError after the last attempt, with what was wrong in each
 */
export async function measureRun(spec: RunSpec, say: (line: string) => void): Promise<RunOutcome> {
  const folder = join(spec.resultsDirectory, runFolder(spec.scenario, spec.replicate, spec.run));
  const label = `run ${spec.run} of replicate ${spec.replicate}`;
  const there = inspectRun(folder, spec.scenario.sha256);
  if ("manifest" in there) {
    say(`${label}: kept, it was measured ${there.manifest.started} and is valid`);
    return outcomeOf(there.manifest, folder, false);
  }
  if (existsSync(folder)) {
    const aside = await asideOf(folder, "spoilt");
    await rename(folder, aside);
    say(`${label}: ${there.missing}; what was there is now ${aside}`);
  }
  const problems: string[] = [];
  let loadRan = true;
  for (let attempt = 1; attempt <= attempts && loadRan; attempt += 1) {
    const seed = randomBytes(4).readUInt32BE();
    const pingId = (seed % 65_535) + 1;
    try {
      const raw = await rawRun(spec, { attempt, pingId }, say);
      const { manifest, loadRan: ran } = await manifestOf(spec, raw, attempt, seed, pingId);
      if (manifest.status === "valid") {
        await publish(folder, raw.files, manifest);
        return outcomeOf(manifest, folder, true);
      }
      loadRan = ran;
      const aside = await asideOf(folder, "invalid");
      await publish(aside, raw.files, manifest);
      problems.push(`attempt ${attempt} (kept as ${aside}): ${manifest.problems.join("; ")}`);
    } catch (error) {
      problems.push(`attempt ${attempt}: ${messageOf(error)}`);
    }
    say(`${label}: ${problems.at(-1)}`);
  }
  if (!loadRan) problems.push(await forgetLoad(spec));
  throw new LabError(`${label} of ${spec.scenario.name} could not be measured:\n${problems.join("\n")}`);
}
