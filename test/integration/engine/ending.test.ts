import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Project, until } from "./project.ts";

let project: Project;

beforeAll(async () => {
  project = await Project.make();
});
afterAll(() => project.remove());

/** Processes whose command line holds a text, as "pid command". */
function processesWith(text: string): string[] {
  const all = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  return all.filter((line) => line.includes(text) && !line.includes("ps -eo"));
}

/** Our plugins and their children that hang on the engine `pid`. */
function childrenOf(pid: number): string[] {
  const all = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = new Set([pid]);
  for (let grown = -1; grown !== found.size; ) {
    grown = found.size;
    for (const [child = 0, parent = 0] of all) if (found.has(parent)) found.add(child);
  }
  found.delete(pid);
  return [...found].map(String);
}

const alive = (pids: string[]) =>
  pids.filter((pid) => {
    try {
      return process.kill(Number(pid), 0);
    } catch {
      return false;
    }
  });

describe("the end of an engine", () => {
  it("takes its plugins and commands along when it is SIGKILLed, even stubborn ones", async () => {
    const create = 'trap "" TERM; sleep 86401 & sleep 86402; sleep 86403';
    project.declare([{ kind: "local", name: "long", args: { create } }]);
    const { pid, ended } = project.start("up", "--yes", "--skip-preview");
    expect(await until(() => processesWith("sleep 86402").length > 0, 30_000)).toBe(true);
    const family = childrenOf(pid);
    expect(family.length).toBeGreaterThanOrEqual(4);
    process.kill(pid, "SIGKILL");
    await ended;
    expect(await until(() => alive(family).length === 0, 20_000)).toBe(true);
    expect(processesWith("sleep 8640")).toEqual([]);
    await project.pulumi("cancel", "--yes");
  });

  it("takes the program along", async () => {
    const before = project.read("infra/index.ts");
    project.write("infra/index.ts", "setInterval(() => {}, 1000);\nawait new Promise(() => {});\n");
    try {
      const { pid, ended } = project.start("preview");
      expect(await until(() => childrenOf(pid).length >= 2 && processesWith("cmd/run").length > 0, 30_000)).toBe(true);
      const family = childrenOf(pid);
      process.kill(pid, "SIGKILL");
      await ended;
      expect(await until(() => alive(family).length === 0, 20_000)).toBe(true);
    } finally {
      project.write("infra/index.ts", before);
    }
    await project.pulumi("cancel", "--yes");
  });

  it("ends commands in order when it is interrupted, and can go on after that", async () => {
    const create = `trap 'echo tidied >> ${project.folder}/log; exit 1' TERM; sleep 86404 & wait`;
    project.declare([{ kind: "local", name: "long", args: { create } }]);
    const { pid, ended } = project.start("up", "--yes", "--skip-preview");
    expect(await until(() => processesWith("sleep 86404").length > 1, 30_000)).toBe(true);
    process.kill(pid, "SIGINT");
    expect((await ended).code).not.toBe(0);
    expect(project.read("log")).toBe("tidied\n");
    expect(processesWith("sleep 86404")).toEqual([]);
    project.declare([{ kind: "local", name: "long", args: { create: "echo short" } }]);
    expect(await project.up()).toMatchObject({ code: 0 });
  });

  it("leaves what a command has started on purpose alone when all ends well", async () => {
    project.declare([
      { kind: "local", name: "daemon", args: { create: "nohup sleep 86405 >/dev/null 2>&1 & echo $!" } },
    ]);
    expect(await project.up()).toMatchObject({ code: 0 });
    const daemon = (await project.stdout()).daemon ?? "";
    expect(alive([daemon])).toEqual([daemon]);
    process.kill(Number(daemon));
  });
});
