import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { explain } from "../../infra/config/explain.ts";
import { hostSchema } from "../../infra/config/hosts.ts";
import { configSchema } from "../../infra/config/schema.ts";
import { LabError, messageOf } from "../../lib/errors.ts";
import { checkout } from "../../lib/paths.ts";
import { roles } from "../../lib/roles.ts";
import { orderKinds } from "../../measure/results/order.ts";
import { type Problem, problemLine } from "../../study/problem.ts";
import { armShape, leveledKeys, levelShape } from "./levels.ts";
import { scenarioConfigSchema } from "./scenario-config.ts";

const name = z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/, "a name: letters, digits and '-', a letter first");
const text = z.string().min(1);

/** One side of the comparison: how Main VMs and background VMs are attached, and what the paper calls it. */
const armSchema = z.strictObject({ name, paperName: text, ...armShape });

/** What each of the two servers is taken to have while no others are named. */
const serversSchema = z.strictObject({
  /** VFs of the NIC port. */
  vfs: hostSchema.shape.pfs.element.shape.vfs,
  cpus: hostSchema.shape.cpus,
  memoryMiB: hostSchema.shape.memoryMiB,
});

/** Keys of a scenario's configuration that are no factor of the experiment. */
const settingsSchema = scenarioConfigSchema.omit(leveledKeys);

/** Levels and effort that fit one kind of servers. */
const profileSchema = z.strictObject({
  servers: serversSchema,
  ...levelShape("profile"),
  /** Times that every scenario is deployed. */
  replicates: configSchema.shape.replicate.unwrap(),
  /** How deployments are ordered where nobody says else. */
  order: z.enum(orderKinds).default("random"),
  settings: settingsSchema,
});

const experimentSchema = z.strictObject({
  id: name,
  /** Section of the paper. */
  section: text,
  /** The paper has no such experiment: "all" leaves it out. */
  ours: z.boolean().default(false),
  title: text,
  arms: z
    .array(armSchema)
    .min(1, "at least one arm")
    .refine((all) => new Set(all.map((arm) => arm.name)).size === all.length, "arms of different names"),
  ...levelShape("experiment"),
  profiles: z.record(name, profileSchema),
});

export type ExperimentArm = z.infer<typeof armSchema>;
export type Profile = z.infer<typeof profileSchema>;
/** An experiment as its file in experiments/ describes it: what is compared, at which levels, for which servers. */
export type Experiment = z.infer<typeof experimentSchema>;

function keysAt([first, , third, fourth]: readonly PropertyKey[]): string[] {
  if (first === undefined) return Object.keys(experimentSchema.shape);
  if (first === "arms") return third === undefined ? Object.keys(armSchema.shape) : [...roles];
  if (third === undefined) return Object.keys(profileSchema.shape);
  const inside = third === "servers" ? serversSchema : settingsSchema;
  return fourth === undefined ? Object.keys(inside.shape) : [...roles];
}

const wrongName = (value: string, file: string): Problem => ({
  key: "id",
  value,
  found: `${JSON.stringify(value)} is not allowed`,
  allowed: `${file}, the file's name`,
});

/**
 * Checks what an experiment's file says.
 * @param where the file, for messages
 * @param id the name that the file has
 * @throws LabError (exit code 2) that names every wrong key, its value and what is allowed
 */
export function checkExperiment(value: unknown, where: string, id: string): Experiment {
  const result = experimentSchema.safeParse(value);
  const problems = result.success
    ? result.data.id === id
      ? []
      : [wrongName(result.data.id, id)]
    : explain(result.error, value, keysAt);
  if (result.success && problems.length === 0) return result.data;
  throw new LabError(
    `The experiment in ${where} is wrong:\n${problems.map((problem) => `  ${problemLine(problem)}`).join("\n")}`,
    {
      exitCode: 2,
    },
  );
}

function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new LabError(`${path} is not YAML: ${messageOf(error)}`, { exitCode: 2 });
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** The profiles that all experiments share, by name; none where the folder has none. */
function sharedProfiles(folder: string): Record<string, unknown> {
  const profiles = join(folder, "profiles");
  if (!existsSync(profiles)) return {};
  return Object.fromEntries(yamlNamesIn(profiles).map((id) => [id, readYaml(join(profiles, `${id}.yaml`))]));
}

/** A shared profile with what an experiment says of it: its keys take the place of the shared ones, settings one by one. */
function profileWith(shared: unknown, changes: unknown): unknown {
  if (!isRecord(shared) || !isRecord(changes)) return changes ?? shared;
  const { settings } = changes;
  const merged =
    isRecord(shared.settings) && isRecord(settings) ? { settings: { ...shared.settings, ...settings } } : {};
  return { ...shared, ...changes, ...merged };
}

function readExperiment(folder: string, id: string): Experiment {
  const path = join(folder, `${id}.yaml`);
  const value = readYaml(path);
  const shared = sharedProfiles(folder);
  const given = isRecord(value) ? (value.profiles ?? {}) : {};
  if (!isRecord(value) || !isRecord(given)) return checkExperiment(value, path, id);
  const names = new Set([...Object.keys(shared), ...Object.keys(given)]);
  const profiles = Object.fromEntries([...names].map((name) => [name, profileWith(shared[name], given[name])]));
  return checkExperiment({ ...value, profiles }, path, id);
}

const yamlNamesIn = (folder: string) =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length));

/**
 * Reads experiments from their files.
 * @param names as on the command line; "all" is every one of the paper, in its order
 * @returns each once, in the order in which they are named
 * @throws LabError (exit code 2) that names an unknown experiment and the known ones, or what is wrong in a file
 */
export function readExperiments(
  names: readonly string[],
  folder: string = join(checkout, "experiments"),
): Experiment[] {
  const known = yamlNamesIn(folder);
  const unknown = names.find((id) => id !== "all" && !known.includes(id));
  if (unknown !== undefined)
    throw new LabError(
      `experiment ${JSON.stringify(unknown)} is not allowed; allowed: ${[...known.sort(), "all"].join(", ")}`,
      { exitCode: 2 },
    );
  const bySection = (a: Experiment, b: Experiment) =>
    a.section.localeCompare(b.section, "en", { numeric: true }) || a.id.localeCompare(b.id);
  const ofPaper = () => known.map((id) => readExperiment(folder, id)).filter(({ ours }) => !ours);
  const all = names.includes("all") ? ofPaper().sort(bySection) : [];
  const named = [...new Set(names)].filter((id) => id !== "all").map((id) => readExperiment(folder, id));
  return [...named, ...all.filter(({ id }) => !named.some((experiment) => experiment.id === id))];
}

/** @throws LabError (exit code 2) that names the profile and those that the experiment has */
export function profileOf({ id, profiles }: Experiment, profile: string): Profile {
  const found = Object.hasOwn(profiles, profile) ? profiles[profile] : undefined;
  if (found) return found;
  throw new LabError(
    `--profile ${JSON.stringify(profile)} is not allowed for ${id}; allowed: ${Object.keys(profiles).join(", ")}`,
    { exitCode: 2 },
  );
}
