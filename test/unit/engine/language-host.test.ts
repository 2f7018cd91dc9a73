import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseOptions, splitWords } from "../../../tools/engine/language-host/options.ts";
import {
  installedPackages,
  programDependencies,
  requiredPlugins,
} from "../../../tools/engine/language-host/packages.ts";
import {
  commandLine,
  type ProgramRun,
  ProgramRunner,
  programEnvironment,
} from "../../../tools/engine/language-host/program.ts";

describe("splitWords", () => {
  it.each([
    ["", []],
    ["  --a  --b=c ", ["--a", "--b=c"]],
    [`'a b'"c d"e`, ["a bc de"]],
    [`"" ''`, ["", ""]],
    ["a\\ b \\'", ["a b", "'"]],
    [`"a\\"b\\n"`, [`a"b\\n`]],
    ["a#b # comment\nc", ["a#b", "c"]],
  ])("splits %j as a shell does", (text, words) => expect(splitWords(text)).toEqual(words));

  it("refuses a quote that is not closed", () => {
    expect(() => splitWords("--a 'b")).toThrow("has a ' that is not closed: --a 'b");
  });
});

describe("parseOptions", () => {
  it("has the defaults of the official host", () => {
    expect(parseOptions({})).toEqual({ typescript: true, nodeargs: [], packagemanager: "auto" });
  });

  it("takes the options of the official host, and passes over others", () => {
    const options = { typescript: false, tsconfig: "a.json", nodeargs: "--x 1", packagemanager: "pnpm", other: 1 };
    expect(parseOptions(options)).toEqual({
      typescript: false,
      tsconfig: "a.json",
      nodeargs: ["--x", "1"],
      packagemanager: "pnpm",
    });
  });

  it.each([
    [{ typescript: "no" }, 'runtime.options.typescript must be true or false, not "no"'],
    [{ tsconfig: 1 }, "runtime.options.tsconfig must be a path, not 1"],
    [{ nodeargs: [] }, "runtime.options.nodeargs must be a text, not []"],
    [
      { packagemanager: "bower" },
      'runtime.options.packagemanager must be one of auto, npm, yarn, pnpm, bun, not "bower"',
    ],
  ])("refuses %j", (options, problem) => expect(() => parseOptions(options)).toThrow(problem));
});

const run = (changes: Partial<ProgramRun> = {}): ProgramRun => ({
  rootDirectory: "/root",
  programDirectory: "/root/infra",
  entryPoint: "index.ts",
  options: { typescript: false },
  monitor: "m:1",
  engine: "e:2",
  organization: "organization",
  project: "p",
  stack: "s",
  parallel: 16,
  dryRun: false,
  tracing: "",
  args: [],
  config: [],
  secretKeys: [],
  ...changes,
});

describe("a program's process", () => {
  it("has the arguments that the official host gives", () => {
    expect(commandLine(run(), "run.js").join(" ")).toBe(
      "run.js --monitor m:1 --engine e:2 --organization organization --project p --root-directory /root --stack s --pwd /root/infra --parallel 16 index.ts",
    );
    const preview = run({ dryRun: true, tracing: "t", entryPoint: "", args: ["x"], options: { nodeargs: "--a" } });
    expect(commandLine(preview, "run.js").join(" ")).toMatch(
      /^--a run\.js .* --dry-run --parallel 16 --tracing t \. x$/,
    );
  });

  it("has its configuration in the environment, with the keys that all SDKs read", () => {
    const config: [string, string][] = [
      ["p:key", "1"],
      ["q:config:other", "2"],
      ["p:a:b", "3"],
    ];
    const env = programEnvironment(run({ config, secretKeys: ["p:key"] }));
    expect(env).toEqual({
      PULUMI_CONFIG: JSON.stringify({ "p:config:key": "1", "q:config:other": "2", "p:config:a:b": "3" }),
      PULUMI_CONFIG_SECRET_KEYS: '["p:key"]',
    });
  });

  it("is told to compile TypeScript as the options say", () => {
    expect(programEnvironment(run({ options: { tsconfig: "t.json" } }))).toMatchObject({
      PULUMI_NODEJS_TYPESCRIPT: "true",
      PULUMI_NODEJS_TSCONFIG_PATH: "t.json",
    });
  });

  it("is not started without the SDK", async () => {
    const { error } = await new ProgramRunner().run(run({ programDirectory: "/" }));
    expect(error).toContain('(@pulumi/pulumi) is not installed for /: run "npm ci"');
  });
});

describe("packages", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "packages-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function add(path: string, content: object): void {
    const file = join(folder, path, "package.json");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(content));
  }

  it("are those of all node_modules folders above the program, the nearest first", () => {
    add("node_modules/a", { name: "a", version: "1.0.0" });
    add("node_modules/@s/b", { name: "@s/b", version: "2.0.0" });
    add("infra/node_modules/a", { name: "a", version: "3.0.0" });
    add("node_modules/.hidden", { name: "hidden", version: "1.0.0" });
    add("node_modules/broken", []);
    expect(installedPackages(join(folder, "infra"))).toEqual([
      { name: "a", version: "3.0.0" },
      { name: "@s/b", version: "2.0.0" },
    ]);
  });

  it("name the plugins they need", () => {
    const parameterization = { name: "libvirt", version: "0.8.3", value: "e30=" };
    add("node_modules/@pulumi/command", { version: "1.2.1", pulumi: { resource: true } });
    add("node_modules/sdk", {
      version: "0.8.3",
      pulumi: { resource: true, name: "terraform-provider", version: "v1.0.0", server: "s", parameterization },
    });
    add("node_modules/@pulumi/pulumi", { version: "3.0.0" });
    expect(requiredPlugins(folder)).toEqual([
      { name: "command", version: "v1.2.1", server: "" },
      { name: "terraform-provider", version: "v1.0.0", server: "s", parameterization },
    ]);
  });

  it("are dependencies when package.json names them", () => {
    add("node_modules/a", { version: "1.0.0" });
    add("node_modules/b", { version: "1.0.0" });
    add("node_modules/c", { version: "1.0.0" });
    add(".", { name: "project", dependencies: { a: "1" }, devDependencies: { c: "1" } });
    expect(programDependencies(join(folder, "infra"), false).map(({ name }) => name)).toEqual(["a", "c"]);
    expect(programDependencies(folder, true)).toHaveLength(3);
  });
});
