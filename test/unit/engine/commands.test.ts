import { afterEach, describe, expect, it } from "vitest";
import { create, invoke, previewState, remove, update } from "../../../tools/engine/command-provider/commands.ts";
import { endCommands } from "../../../tools/engine/command-provider/ending.ts";
import { hasSecret, type JsonObject, open, seal, unknown } from "../../../tools/engine/command-provider/envelopes.ts";

const urn = "urn:pulumi:dev::project::command:local:Command::name";
const silent = () => {};
const stdoutOf = (state: JsonObject) => open(state.stdout ?? null);

describe("local commands", () => {
  it("give an id and a state of inputs and outputs", async () => {
    const { id, state } = await create(urn, { create: "echo out; echo err >&2", other: "x" }, silent);
    expect(id).toMatch(/^name[0-9a-f]{8}$/);
    expect(state).toEqual({ create: "echo out; echo err >&2", stdout: "out", stderr: "err" });
  });

  it("need none of create, update and delete", async () => {
    expect((await create(urn, {}, silent)).state).toEqual({ stdout: "", stderr: "" });
    expect(await update(urn, { stdout: "o", stderr: "e" }, { stdin: "x" }, silent)).toMatchObject({ stdout: "o" });
    await remove(urn, { stdout: "o" }, silent);
  });

  it("keep secrets in their envelopes, and seal the outputs then", async () => {
    const inputs = { create: "echo $A", environment: { A: seal("hidden") } };
    const { state } = await create(urn, inputs, silent);
    expect(state.environment).toEqual(inputs.environment);
    expect(hasSecret(state.stdout ?? null)).toBe(true);
    expect(stdoutOf(state)).toBe("hidden");
  });

  it("have earlier output in the environment, unless told not to", async () => {
    const olds = { stdout: "was", stderr: seal("bad") };
    const show = 'echo "[$PULUMI_COMMAND_STDOUT][$PULUMI_COMMAND_STDERR]"';
    expect(stdoutOf(await update(urn, olds, { create: "false", update: show }, silent))).toBe("[was][bad]");
    const news = { create: show, addPreviousOutputInEnv: false };
    expect(stdoutOf(await update(urn, olds, news, silent))).toBe("[][]");
  });

  it("say how they failed, but no secret command", async () => {
    await expect(create(urn, { create: "echo why >&2; exit 2" }, silent)).rejects.toThrow(
      'exit status 2: running "echo why >&2; exit 2":\nwhy',
    );
    await expect(create(urn, { create: seal("exit 2") }, silent)).rejects.toThrow(
      /^exit status 2: running a secret command:\n$/,
    );
    await expect(create(urn, { create: "kill -9 $$" }, silent)).rejects.toThrow("signal SIGKILL: running");
  });

  it("say what could not be started", async () => {
    const inputs = { create: "x", interpreter: ["/no/such"] };
    await expect(create(urn, inputs, silent)).rejects.toThrow("/no/such could not be started: it does not exist");
    await expect(create(urn, { create: "x", dir: "/no/dir" }, silent)).rejects.toThrow(
      "the folder /no/dir, does not exist",
    );
    const huge = { stdout: "x".repeat(200_000), stderr: "" };
    await expect(update(urn, huge, { create: "true" }, silent)).rejects.toThrow("addPreviousOutputInEnv: false");
  });

  it("need not read their input", async () => {
    expect((await create(urn, { create: "true", stdin: "x".repeat(1_000_000) }, silent)).state).toMatchObject({
      stdout: "",
    });
  });

  it("answer local.run with the arguments and the output", async () => {
    const args = { command: "cat", stdin: "in" };
    expect(await invoke("command:local:run", args, silent)).toEqual({ ...args, stdout: "in", stderr: "" });
  });

  it("are unknown in a preview", () => {
    expect(previewState(urn, { create: "x" })).toEqual({ create: "x", stdout: unknown, stderr: unknown });
    expect(hasSecret(previewState(urn, { create: seal("x") }).stdout ?? null)).toBe(true);
  });
});

describe("the end of commands", () => {
  afterEach(() => endCommands());

  it("ends a command with all it has started", async () => {
    const started = create(urn, { create: "sleep 86406 & sleep 86407" }, silent);
    setTimeout(endCommands, 200);
    await expect(started).rejects.toThrow("signal SIGTERM");
  });

  it("ends one that does not want to, after 3 s", async () => {
    const started = create(urn, { create: 'trap "" TERM; while :; do sleep 0.1; done' }, silent);
    setTimeout(endCommands, 200);
    await expect(started).rejects.toThrow("signal SIGKILL");
  });
});
