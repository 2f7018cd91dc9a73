import { randomBytes } from "node:crypto";
import type { Connection } from "./connection.ts";
import { hasSecret, type Json, type JsonObject, open, seal, unknown } from "./envelopes.ts";
import { inputNames, nameOf, remoteCommandType, typeOf } from "./inputs.ts";
import { runLocal } from "./local.ts";
import { type Log, type Logging, Output } from "./output.ts";

type PartialConnection = Partial<Omit<Connection, "proxy">> & { host: string };

/** The inputs after `check`, freed from their envelopes. */
interface Inputs {
  create?: string;
  update?: string;
  delete?: string;
  stdin?: string;
  environment?: Record<string, string>;
  interpreter?: string[];
  dir?: string;
  logging?: Logging;
  addPreviousOutputInEnv?: boolean;
  connection?: PartialConnection & { proxy?: PartialConnection };
}

const connectionDefaults = { port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 };

function whole({ proxy, ...connection }: NonNullable<Inputs["connection"]>): Connection {
  return { ...connectionDefaults, ...connection, ...(proxy && { proxy: { ...connectionDefaults, ...proxy } }) };
}

/** `check` has made sure of the types. */
const inputsOf = (values: JsonObject) => open(values) as unknown as Inputs & { stdout?: string; stderr?: string };

/** Outputs are secret when an input is, but for the connection, which always is one and no command prints. */
function sealer(inputs: JsonObject): (value: string) => Json {
  const secret = Object.entries(inputs).some(([name, value]) => name !== "connection" && hasSecret(value));
  return (value) => (secret ? seal(value) : value);
}

/** The state of a resource: its inputs as they came, secrets in their envelopes, and what the command has printed. */
function stateOf(type: string, inputs: JsonObject, stdout: string, stderr: string): JsonObject {
  const names = inputNames(type).filter((name) => name in inputs);
  const seal = sealer(inputs);
  return {
    ...Object.fromEntries(names.map((name) => [name, inputs[name] ?? null])),
    stdout: seal(stdout),
    stderr: seal(stderr),
  };
}

/** The state that a preview shows: outputs are known after the command has run. */
export function previewState(urn: string, inputs: JsonObject): JsonObject {
  return stateOf(typeOf(urn), inputs, unknown, unknown);
}

interface Printed {
  stdout: string;
  stderr: string;
}

/**
 * Runs one of a resource's commands and waits for its end.
 * @param previous what the command before has printed, for the environment
 * @throws with the command and all it has printed when it does not succeed
 */
async function run(type: string, command: Json, values: JsonObject, previous: Printed, log: Log): Promise<Printed> {
  const inputs = inputsOf(values);
  const text = String(open(command));
  const output = new Output(log, inputs.logging);
  const offered: Record<string, string> = {};
  if (inputs.addPreviousOutputInEnv !== false) {
    if (previous.stdout) offered.PULUMI_COMMAND_STDOUT = previous.stdout;
    if (previous.stderr) offered.PULUMI_COMMAND_STDERR = previous.stderr;
  }
  const shared = { command: text, environment: inputs.environment ?? {}, stdin: inputs.stdin ?? "" };
  const { dir, interpreter = [], connection } = inputs;
  // ssh2 is loaded for remote commands only: it is a fifth of this provider's start.
  const remote = type === remoteCommandType && connection ? whole(connection) : undefined;
  const problem = remote
    ? await (await import("./remote.ts")).runRemote({ ...shared, offered, connection: remote }, output, log)
    : await runLocal(
        { ...shared, environment: { ...shared.environment, ...offered }, interpreter, ...(dir && { dir }) },
        output,
      );
  output.end();
  if (problem) {
    const shown = hasSecret(command) ? "a secret command" : JSON.stringify(text);
    throw new Error(`${problem}: running ${shown}:\n${output.combined()}`);
  }
  return { stdout: output.text("stdout"), stderr: output.text("stderr") };
}

/** Runs `create` and gives the new resource's id and state. Without a `create` there is nothing to run. */
export async function create(urn: string, inputs: JsonObject, log: Log): Promise<{ id: string; state: JsonObject }> {
  const type = typeOf(urn);
  const command = inputs.create ?? null;
  const nothing = { stdout: "", stderr: "" };
  const { stdout, stderr } = command === null ? nothing : await run(type, command, inputs, nothing, log);
  return { id: nameOf(urn) + randomBytes(4).toString("hex"), state: stateOf(type, inputs, stdout, stderr) };
}

/** Runs `update`, or `create` when there is none, and gives the new state. */
export async function update(urn: string, olds: JsonObject, news: JsonObject, log: Log): Promise<JsonObject> {
  const type = typeOf(urn);
  const { stdout = "", stderr = "" } = inputsOf(olds);
  const command = news.update ?? news.create ?? null;
  const printed = command === null ? { stdout, stderr } : await run(type, command, news, { stdout, stderr }, log);
  return stateOf(type, news, printed.stdout, printed.stderr);
}

/** Runs `delete`, where there is one. */
export async function remove(urn: string, state: JsonObject, log: Log): Promise<void> {
  const { stdout = "", stderr = "" } = inputsOf(state);
  if (state.delete !== undefined && state.delete !== null)
    await run(typeOf(urn), state.delete, state, { stdout, stderr }, log);
}

/** Runs the command of the function `local.run` and gives its result: the arguments, and what it has printed. */
export async function invoke(type: string, args: JsonObject, log: Log): Promise<JsonObject> {
  const { stdout, stderr } = await run(type, args.command ?? null, args, { stdout: "", stderr: "" }, log);
  return stateOf(type, args, stdout, stderr);
}
