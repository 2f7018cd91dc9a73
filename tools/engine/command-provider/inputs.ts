import { hostKeyProblem } from "../../../lib/ssh/host-key.ts";
import { isUnknown, type Json, type JsonObject, open } from "./envelopes.ts";

export const localCommandType = "command:local:Command";
export const remoteCommandType = "command:remote:Command";
export const localRunType = "command:local:run";

/** What is wrong with an input. `property` is a path such as "connection.host". */
export interface Failure {
  property: string;
  reason: string;
}

type Rule = (value: Json, path: string) => Failure[];

const show = (value: Json) => (value !== null && typeof value === "object" ? "an object" : JSON.stringify(value));

function rule(wanted: string, fits: (value: Json) => boolean): Rule {
  return (value, property) =>
    isUnknown(value) || fits(value) ? [] : [{ property, reason: `must be ${wanted}, not ${show(value)}` }];
}

const text = rule("a text", (value) => typeof value === "string");
const truth = rule("true or false", (value) => typeof value === "boolean");
const anyList = rule("a list", Array.isArray);
const logLevels = ["stdout", "stderr", "stdoutAndStderr", "none"];
const logging = rule(`one of ${logLevels.join(", ")}`, (value) => logLevels.includes(value as string));
const wholeFrom = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  rule(
    most < Number.MAX_SAFE_INTEGER ? `a whole number from ${least} to ${most}` : `a whole number, at least ${least}`,
    (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
  );
const filled = rule("a text that is not empty", (value) => typeof value === "string" && value.trim() !== "");

const textList: Rule = (value, path) =>
  isUnknown(value)
    ? []
    : Array.isArray(value)
      ? value.flatMap((item, index) => text(item, `${path}[${index}]`))
      : anyList(value, path);

const variables: Rule = (value, path) => {
  if (isUnknown(value)) return [];
  if (value === null || typeof value !== "object" || Array.isArray(value))
    return [{ property: path, reason: `must map names to texts, not ${show(value)}` }];
  return Object.entries(value).flatMap(([name, content]) =>
    /^[A-Za-z_]\w*$/.test(name)
      ? text(content, `${path}.${name}`)
      : [{ property: `${path}.${name}`, reason: "is no name of an environment variable (letters, digits and _)" }],
  );
};

const hostKey: Rule = (value, property) => {
  if (isUnknown(value)) return [];
  const reason = typeof value === "string" ? hostKeyProblem(value) : `must be a text, not ${show(value)}`;
  return reason === undefined ? [] : [{ property, reason }];
};

/** For inputs that the official provider has and this one has not. */
const unsupported =
  (instead: string): Rule =>
  (_value, property) => [
    { property, reason: `is not supported by this command provider: ${instead}, or install the official provider` },
  ];

const endpointRules: Record<string, Rule> = {
  host: filled,
  port: wholeFrom(1, 65_535),
  user: filled,
  password: text,
  privateKey: filled,
  privateKeyPassword: text,
  agentSocketPath: filled,
  hostKey,
  dialErrorLimit: wholeFrom(-1),
  perDialTimeout: wholeFrom(0),
};

const withHost =
  (rules: Record<string, Rule>): Rule =>
  (value, path) => {
    if (isUnknown(value)) return [];
    if (value === null || typeof value !== "object" || Array.isArray(value))
      return [{ property: path, reason: `must be an object with at least "host", not ${show(value)}` }];
    return applyRules(rules, value, ["host"], `${path}.`);
  };

const connection = withHost({ ...endpointRules, proxy: withHost(endpointRules) });

const files = unsupported("read the files in the program with node:fs");
const shared = { stdin: text, environment: variables, logging, addPreviousOutputInEnv: truth };
const where = { dir: filled, interpreter: textList, assetPaths: files, archivePaths: files };
const lifecycle = { create: text, update: text, delete: text, triggers: anyList };

/** The inputs of each resource and function that this provider has, and their rules: those of @pulumi/command 1.2.1. */
const schemas: Record<string, { rules: Record<string, Rule>; required: string[] }> = {
  [localCommandType]: { rules: { ...lifecycle, ...shared, ...where }, required: [] },
  [remoteCommandType]: { rules: { ...lifecycle, ...shared, connection }, required: ["connection"] },
  [localRunType]: { rules: { command: text, ...shared, ...where }, required: ["command"] },
};

function applyRules(rules: Record<string, Rule>, values: JsonObject, required: string[], prefix = ""): Failure[] {
  const failures = required
    .filter((name) => values[name] === undefined || values[name] === null)
    .map((name) => ({ property: prefix + name, reason: "is required and missing" }));
  for (const [name, value] of Object.entries(values)) {
    const property = prefix + name;
    const known = Object.keys(rules).filter((each) => rules[each] !== files);
    if (value === null) continue;
    else if (rules[name]) failures.push(...rules[name](value, property));
    else failures.push({ property, reason: `is not an input here; there are ${known.join(", ")}` });
  }
  return failures;
}

/** The names of the inputs that a resource type has. */
export const inputNames = (type: string): string[] => Object.keys(schemas[type]?.rules ?? {});

/** The resource type of a URN ("urn:pulumi:stack::project::parent$type::name"). */
export const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").pop() ?? "";

/** The resource name of a URN. */
export const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

/** Everything that is wrong with the inputs of a resource or function; an empty list when they can be used. */
export function check(type: string, inputs: JsonObject): Failure[] {
  const schema = schemas[type];
  if (schema) return applyRules(schema.rules, open(inputs) as JsonObject, schema.required);
  const reason = /^command:remote:Copy/.test(type)
    ? `${type} is not supported by this command provider: use a remote.Command that reads "stdin", or install the official provider`
    : `${type} is not known to this command provider; it has ${Object.keys(schemas).join(", ")}`;
  return [{ property: "", reason }];
}

/** The inputs with the provider's defaults, as they go into the state. */
export function withDefaults(type: string, inputs: JsonObject): JsonObject {
  if (type !== remoteCommandType && type !== localCommandType) return inputs;
  return { addPreviousOutputInEnv: true, ...inputs };
}
