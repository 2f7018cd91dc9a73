import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Declared, Project } from "./project.ts";

let project: Project;

beforeAll(async () => {
  project = await Project.make();
});
afterAll(() => project.remove());

const command = (name: string, args: object): Declared => ({ kind: "local", name, args: { ...args } });
const note = (text: string) => `echo ${text} >> ${project.folder}/log`;

describe("local.Command", () => {
  it("shows in a preview what it would do, and does nothing", async () => {
    project.declare([command("one", { create: note("created") })]);
    const { code, output } = await project.pulumi("preview", "--diff");
    expect(code).toBe(0);
    expect(output).toContain("+ command:local:Command: (create)");
    expect(output).toMatch(/one: \[unknown\]/);
    expect(() => project.read("log")).toThrow();
  });

  it("creates once, and has nothing to do when nothing has changed", async () => {
    project.declare([command("one", { create: `${note("created")}; echo first` })]);
    expect(await project.up()).toMatchObject({ code: 0 });
    expect((await project.up()).output).toMatch(/2 unchanged/);
    expect((await project.pulumi("refresh", "--yes")).output).toMatch(/2 unchanged/);
    expect(project.read("log")).toBe("created\n");
  });

  it("updates with what was printed before in the environment", async () => {
    const update = `${note("updated")}; printf "after $PULUMI_COMMAND_STDOUT"`;
    project.declare([command("one", { create: `${note("created")}; echo first`, update, delete: note("deleted") })]);
    expect((await project.up()).output).toMatch(/1 updated/);
    expect(await project.stdout()).toEqual({ one: "after first" });
  });

  it("is replaced when a trigger changes, of whatever type", async () => {
    const args = { create: `${note("created")}; echo again`, delete: note("deleted") };
    project.declare([command("one", { ...args, triggers: [1, { a: ["x"] }, { $asset: "text" }] })]);
    expect((await project.up()).output).toMatch(/1 replaced/);
    expect((await project.up()).output).toMatch(/2 unchanged/);
    project.declare([command("one", { ...args, triggers: [1, { a: ["x"] }, { $asset: "other" }] })]);
    expect((await project.up()).output).toMatch(/1 replaced/);
  });

  it("runs create again when an input changes and there is no update", async () => {
    const triggers = [1, { a: ["x"] }, { $asset: "other" }];
    const before = project.read("log").split("created").length;
    project.declare([
      command("one", { create: `${note("created")}; printf $NAME`, environment: { NAME: "value" }, triggers }),
    ]);
    expect((await project.up()).output).toMatch(/1 updated/);
    expect(await project.stdout()).toEqual({ one: "value" });
    expect(project.read("log").split("created").length).toBe(before + 1);
  });

  it("runs delete when it is no longer declared", async () => {
    project.declare([
      command("one", {
        create: "true",
        delete: `${note("last")}; echo $PULUMI_COMMAND_STDOUT >> ${project.folder}/log`,
      }),
    ]);
    await project.up();
    project.declare([]);
    expect((await project.up()).output).toMatch(/1 deleted/);
    expect(project.read("log")).toMatch(/last\n\n$/);
  });

  it("has the interpreter, the folder and the input that it is given", async () => {
    const args = { create: "import os, sys; print(os.getcwd(), sys.stdin.read())", interpreter: ["python3", "-c"] };
    project.declare([command("py", { ...args, dir: "/usr", stdin: "text" })]);
    await project.up();
    expect(await project.stdout()).toEqual({ py: "/usr text" });
  });

  it("keeps secrets out of the state and out of messages, and takes outputs for secret then", async () => {
    project.declare([
      command("hidden", { create: "echo $TOKEN", environment: { TOKEN: { $secret: "geheim-1" } }, logging: "none" }),
    ]);
    const { code, output } = await project.up();
    expect(code).toBe(0);
    expect(output).not.toContain("geheim-1");
    expect(await project.state()).not.toContain("geheim-1");
    expect(await project.stdout()).toEqual({ hidden: "geheim-1" });
    expect((await project.up()).output).toMatch(/2 unchanged/);
  });

  it("says how a command failed, with all it has printed, but no secret command", async () => {
    project.declare([command("bad", { create: "echo some; echo trouble >&2; exit 3" })]);
    const { code, output } = await project.up();
    expect(code).not.toBe(0);
    expect(output).toContain('exit status 3: running "echo some; echo trouble >&2; exit 3":');
    expect(output).toMatch(/some\s+trouble/);
    project.declare([command("bad", { create: { $secret: "exit 4 # geheim-2" } })]);
    const hidden = await project.up();
    expect(hidden.output).toContain("exit status 4: running a secret command");
    expect(hidden.output).not.toContain("geheim-2");
  });

  it("shows what a command prints while it runs, as far as logging lets it", async () => {
    const create = "echo to-stdout; echo to-stderr >&2";
    project.declare([
      command("both", { create }),
      command("none", { create, logging: "none" }),
      command("err", { create, logging: "stderr" }),
    ]);
    const { output } = await project.up();
    expect(output).toMatch(/Command both .*to-stdout/);
    expect(output).toMatch(/Command both .*to-stderr/);
    expect(output).not.toMatch(/Command none .*to-std/);
    expect(output).toMatch(/Command err .*to-stderr/);
    expect(output).not.toMatch(/Command err .*to-stdout/);
  });

  it("names wrong and unsupported inputs before anything runs", async () => {
    project.declare([command("wrong", { create: 1, assetPaths: ["*"], logging: "loud", colour: "red" })]);
    const { output } = await project.pulumi("preview");
    expect(output).toMatch(/property create .*must be a text, not 1/);
    expect(output).toMatch(/property assetPaths .*is not supported by this command provider/);
    expect(output).toContain('must be one of stdout, stderr, stdoutAndStderr, none, not "loud"');
  });
});
