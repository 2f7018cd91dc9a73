import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, sha256 } from "../../lib/canonical.ts";
import { countedKinds } from "../../lib/endpoints/kinds.ts";
import { LabError, messageOf } from "../../lib/errors.ts";
import { publishFolder } from "../../lib/publish.ts";
import type { Role } from "../../lib/roles.ts";
import { runsInStepAlone } from "../../study/loads/loads.ts";
import { hopOfPoint, pointNames, roleOfPoint } from "../../study/points.ts";
import { whyUnsampled } from "../../study/terms.ts";
import { pingRecord } from "../probes/ping/record.ts";
import type { Probe } from "../probes/probe.ts";
import { allProbes } from "../probes/registry.ts";
import type { ServerDifference } from "../results/conditions.ts";
import { type BackgroundUse, type Manifest, manifestSchema } from "../results/manifest.ts";
import { type Refusal, recordRefusal, refusalsOf } from "../results/refusal.ts";
import { NoRoomError, publishError, requireRoom } from "../results/room.ts";
import { besideRun, checksumsOf, inFolder, manifestFile, writeFiles } from "../results/run-files.ts";
import { inspectRun, runFolder } from "../results/token.ts";
import { unavailableRecord } from "../results/unavailable.ts";
import { NotAsDeployedError } from "./as-deployed.ts";
import { backgroundProblems, backgroundUse } from "./background.ts";
import { attempts, runBudget } from "./budget.ts";
import { MissingProgramError } from "./clear-endpoint.ts";
import { environmentOf } from "./environment.ts";
import { evaluateRaw, type Lacking } from "./evaluate.ts";
import { forgetLoad } from "./forget-load.ts";
import type { RunOutcome } from "./outcome.ts";
import { type RawRun, rawRun } from "./raw-run.ts";
import type { BackgroundSpec, RunSpec } from "./spec.ts";
import { tasksOf } from "./task.ts";
import { LostServerError } from "./tenant.ts";

const lackingOf = ({ ends, scenario }: RunSpec): Lacking => ({
  captures: Object.fromEntries(
    pointNames.flatMap((point) => {
      const place = ends[roleOfPoint(point)].capture[hopOfPoint(point)];
      return typeof place === "string" ? [] : [[point, place.unseen]];
    }),
  ),
  cpuUsage: whyUnsampled(scenario.factors),
});

/** For how long the load ran by a server's clock, where it ran in step alone; undefined where it ran all the time. */
function loadSecondsOf(role: Role, { load, inStep }: BackgroundSpec, { probes }: RawRun): number | undefined {
  if (inStep === undefined || !runsInStepAlone(load)) return undefined;
  return probes.reduce((sum, { clock }) => sum + (clock?.counts[role].virtualNs ?? 0), 0) / 1e9;
}

/** What a server's background VMs did during a run, and why it does not count because of them. */
function backgroundOf(role: Role, { ends }: RunSpec, raw: RawRun): { use: BackgroundUse[]; problems: string[] } {
  const { background } = ends[role];
  if (!background) return { use: [], problems: [] };
  const look = (when: "before" | "after") => ({
    cpu: countedKinds[background.endpoint].cpu.parse(raw.facts[role][when].background ?? "", role),
    guests: raw.guestLooks[role][when],
  });
  const use = backgroundUse(background, look("before"), look("after"), loadSecondsOf(role, background, raw));
  return { use, problems: backgroundProblems(role, background, use) };
}

async function manifestOf(
  spec: RunSpec,
  raw: RawRun,
  attempt: number,
  seed: number,
): Promise<{ manifest: Manifest; files: Map<string, Buffer>; loadRan: boolean }> {
  const lacking = lackingOf(spec);
  const refused = refusalsOf(folderOf(spec));
  const findings = await Promise.all(raw.probes.map((probe) => evaluateRaw(probe, lacking)));
  const files = new Map(raw.probes.flatMap(({ task, files }) => [...inFolder(files, task.probe.id)]));
  const environment = environmentOf(spec, raw);
  const { sender, responder } = spec.ends;
  const background = { sender: backgroundOf("sender", spec, raw), responder: backgroundOf("responder", spec, raw) };
  const problems = [
    ...findings.flatMap((each) => each.problems),
    ...background.sender.problems,
    ...background.responder.problems,
    ...raw.changes.sentences,
  ];
  const manifest = manifestSchema.parse({
    schemaVersion: 2,
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
    started: raw.started.toISOString(),
    ended: raw.ended.toISOString(),
    deployment: {
      sender: raw.facts.sender.before.deployment ?? "",
      responder: raw.facts.responder.before.deployment ?? "",
    },
    files: checksumsOf(files),
    ...unavailableRecord(lacking.captures, lacking.cpuUsage),
    clocks: {
      sender: raw.facts.sender.before.clocksource ?? "",
      responder: raw.facts.responder.before.clocksource ?? "",
    },
    pinning: { sender: sender.pinnedCore ?? null, responder: responder.pinnedCore ?? null },
    conditions: raw.conditions,
    ...(refused.length > 0 && { refused: refused.map(({ at, differences }) => ({ at, differences })) }),
    facts: { servers: raw.facts, guests: raw.guestFacts },
    ...((sender.background || responder.background) && {
      background: { sender: background.sender.use, responder: background.responder.use },
    }),
    probes: findings.map(({ record }) => record),
    problems,
  });
  const loadRan = background.sender.problems.length + background.responder.problems.length === 0;
  return { manifest, files, loadRan };
}

const folderOf = ({ resultsDirectory, scenario, replicate, run }: RunSpec) =>
  join(resultsDirectory, runFolder(scenario, replicate, run));

/**
 * What no further attempt would change: the VMs are somebody else's by now, or of the same image, or not as they were deployed, or there is
 * no room for what is measured.
 */
const isFinal = (error: unknown) =>
  [LostServerError, MissingProgramError, NotAsDeployedError, NoRoomError].some((kind) => error instanceof kind);

const asideOf = (folder: string, why: string): string => besideRun(folder, why, new Date().toISOString());

async function publish(folder: string, files: Map<string, Buffer>, manifest: Manifest): Promise<void> {
  const published = await publishFolder(folder, async (temporary) => {
    await writeFiles(temporary, files);
    await writeFile(join(temporary, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
  }).catch((error: unknown) => {
    throw publishError(folder, error);
  });
  if (!published)
    throw new LabError(`${folder} appeared while its run was measured: another process measures the same run`);
}

function outcomeOf(manifest: Manifest, directory: string, measured: boolean): RunOutcome {
  const { details, cpu } = pingRecord(manifest);
  const { transmitted, received } = details;
  const { sender, responder } = cpu;
  return {
    run: manifest.run,
    replicate: manifest.replicate,
    directory,
    manifestSha256: sha256(canonicalJson(manifest)),
    measured,
    packets: { transmitted, received },
    ...("during" in sender && "during" in responder && { cpu: { sender: sender.during, responder: responder.during } }),
    summary: Object.fromEntries(manifest.probes.map(({ id, metrics }) => [id, metrics])),
  };
}

/** Writes down that a run was refused, or could not be measured, because of what differs on its servers. What cannot be is said. */
async function noteRefusal(
  { owner, replicate, run }: RunSpec,
  folder: string,
  differences: readonly ServerDifference[],
  say: (line: string) => void,
): Promise<void> {
  const refusal: Refusal = {
    ...{ owner, replicate, run },
    at: new Date().toISOString(),
    differences: [...differences],
  };
  await recordRefusal(folder, refusal).catch((why: unknown) =>
    say(`run ${run} of replicate ${replicate}: that it was refused could not be written down: ${messageOf(why)}`),
  );
}

/** What a run is measured with, where it is not the servers and all probes: for the sake of tests. */
export interface MeasuredWith {
  probes?: readonly Probe[];
  measureOnce?: typeof rawRun;
}

/**
 * Makes a run count: keeps the one that is there and valid, else measures it and publishes it as a whole. An attempt
 * that does not count is kept beside, under a name that says so, and tried again.
 * @throws LabError after the last attempt, with what was wrong in each
 * @throws LostServerError at once when another stack has a server, MissingProgramError when a Main VM lacks what a probe needs,
 * NotAsDeployedError when the servers are not as they were deployed, which is also written down beside the run's folder, NoRoomError
 * when there is no room for its files
 */
export async function measureRun(
  spec: RunSpec,
  say: (line: string) => void,
  { probes = allProbes, measureOnce = rawRun }: MeasuredWith = {},
): Promise<RunOutcome> {
  const folder = folderOf(spec);
  const label = `run ${spec.run} of replicate ${spec.replicate}`;
  const there = inspectRun(folder, spec.scenario.sha256);
  if ("manifest" in there) {
    say(`${label}: kept, it was measured ${there.manifest.started} and is valid`);
    return outcomeOf(there.manifest, folder, false);
  }
  if (existsSync(folder)) {
    const aside = asideOf(folder, "spoilt");
    await rename(folder, aside);
    say(`${label}: ${there.missing}; what was there is now ${aside}`);
  }
  await requireRoom(spec.resultsDirectory, runBudget(spec.scenario.factors, spec.fidelity).runBytes);
  const problems: string[] = [];
  let loadRan = true;
  let differences: readonly ServerDifference[] = [];
  for (let attempt = 1; attempt <= attempts && loadRan; attempt += 1) {
    const seed = randomBytes(4).readUInt32BE();
    try {
      const raw = await measureOnce(spec, { attempt, tasks: tasksOf(spec, seed, probes) }, say);
      const { manifest, files, loadRan: ran } = await manifestOf(spec, raw, attempt, seed);
      if (manifest.status === "valid") {
        await publish(folder, files, manifest);
        return outcomeOf(manifest, folder, true);
      }
      loadRan = ran;
      differences = raw.changes.differences;
      const aside = asideOf(folder, "invalid");
      await publish(aside, files, manifest);
      problems.push(`attempt ${attempt} (kept as ${aside}): ${manifest.problems.join("; ")}`);
    } catch (error) {
      if (error instanceof NotAsDeployedError) await noteRefusal(spec, folder, error.differences, say);
      if (isFinal(error)) throw error;
      problems.push(`attempt ${attempt}: ${messageOf(error)}`);
    }
    say(`${label}: ${problems.at(-1)}`);
  }
  // What the next run would be refused for: whoever deploys again must know whether it is the user's.
  if (differences.length > 0) await noteRefusal(spec, folder, differences, say);
  if (!loadRan) problems.push(await forgetLoad(spec));
  throw new LabError(`${label} of ${spec.scenario.name} could not be measured:\n${problems.join("\n")}`);
}
