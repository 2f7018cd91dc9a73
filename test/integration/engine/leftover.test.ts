import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { stackNameOf } from "../../../cli/campaign/stacks.ts";
import { tidyAll } from "../../../cli/campaign/tidy.ts";
import { stackFile } from "../../../cli/stack/config.ts";
import { clearStack, type DrivenStackOptions, withDrivenStack } from "../../../cli/stack/driven-stack.ts";
import { forgetKept, leftoverOf, noteKept } from "../../../cli/stack/leftover.ts";
import { cacheDir, checkout } from "../../../lib/paths.ts";
import { plainProgress } from "../../../lib/progress.ts";
import { ensureEngine } from "../../../tools/engine/ensure.ts";

const name = "test-leftover";
/** Pairs whose stacks nobody has in this checkout. */
const pairs = [97, 98].map((number) => ({ number, hosts: "/servers.json" }));
const before = { ...process.env };
const said: string[] = [];
let folder: string;
let options: DrivenStackOptions;

beforeAll(async () => {
  const { env } = await ensureEngine({ cache: cacheDir(), progress: plainProgress });
  Object.assign(process.env, env, { PULUMI_CONFIG_PASSPHRASE: "test" });
});
afterAll(() => {
  process.env = before;
});
beforeEach(() => {
  said.length = 0;
  folder = mkdtempSync(join(tmpdir(), "lab-leftover-"));
  process.env.PULUMI_BACKEND_URL = pathToFileURL(folder).href;
  const never = new AbortController().signal;
  options = {
    ...{ name, env: {}, logFile: join(folder, "pulumi.log"), leftoversAreGone: false, timeLimitMs: 120_000 },
    progress: { say: (line) => void said.push(line), step: (_label, body) => body() },
    interruption: { asked: never, tellChildren: never },
  };
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  for (const stack of [name, ...pairs.map(({ number }) => stackNameOf(number))]) {
    rmSync(stackFile(checkout, stack), { force: true });
    forgetKept(stack);
  }
});

/** What a program that declared one component would have left in the state. */
async function deploySomething(name: string): Promise<void> {
  const stack = await LocalWorkspace.createOrSelectStack({ stackName: name, workDir: checkout });
  const { version, deployment } = await stack.exportStack();
  const urn = (type: string, resource: string) => `urn:pulumi:${name}::sriov-rtt::${type}::${resource}`;
  const root = { urn: urn("pulumi:pulumi:Stack", `sriov-rtt-${name}`), custom: false, type: "pulumi:pulumi:Stack" };
  const thing = { urn: urn("lab:made-up:Thing", "thing"), custom: false, type: "lab:made-up:Thing", parent: root.urn };
  await stack.importStack({ version, deployment: { ...deployment, resources: [root, thing] } });
}

it("what a killed command left is seen without the engine, told, removed, and forgotten with its stack", async () => {
  expect(leftoverOf(name)).toBe("nothing");
  await deploySomething(name);
  expect(leftoverOf(name)).toBe("left");
  await clearStack(options);
  expect(said).toEqual([`removing what an earlier ${name} left`]);
  expect(leftoverOf(name)).toBe("nothing");
  expect(existsSync(stackFile(checkout, name))).toBe(false);
  expect(readFileSync(options.logFile, "utf8")).toContain("- 2 deleted");
});

it("what a killed operation left on servers that are gone is forgotten, with its lock", async () => {
  await deploySomething(name);
  const locks = join(folder, ".pulumi/locks/organization/sriov-rtt", name);
  mkdirSync(locks, { recursive: true });
  const lock = { pid: 1, username: "root", hostname: "elsewhere", timestamp: "2026-01-01T00:00:00Z" };
  writeFileSync(join(locks, "4ba5fc05-5127-4a94-9a58-9b797a2daa2b.json"), JSON.stringify(lock));
  const gone = { ...options, leftoversAreGone: true, keep: false };
  await withDrivenStack(gone, async () => expect(leftoverOf(name)).toBe("nothing"));
  expect(said).toEqual([]);
});

it("what a command kept is known as that, until the next one removes it and says so", async () => {
  await withDrivenStack({ ...options, keep: true }, () => deploySomething(name));
  expect(leftoverOf(name)).toBe("kept");
  said.length = 0;
  await withDrivenStack({ ...options, keep: false }, async () => {
    expect(leftoverOf(name)).toBe("nothing");
    await deploySomething(name);
    expect(leftoverOf(name), "by a command that may be killed").toBe("left");
  });
  expect(said[0]).toBe(`removing what an earlier ${name} kept`);
  expect(leftoverOf(name)).toBe("nothing");
});

it("what cannot be removed is told, with what to do, and is still there", async () => {
  await deploySomething(name);
  const exitCode = process.exitCode;
  await clearStack({ ...options, timeLimitMs: 1 });
  expect(said.slice(-2)).toEqual([
    expect.stringMatching(/^removing what was deployed failed: gave up after/),
    `Try it again with ./lab destroy ${name}`,
  ]);
  expect(process.exitCode).toBe(1);
  process.exitCode = exitCode;
  expect(leftoverOf(name)).toBe("left");
});

it("a campaign of which nothing is to be measured takes down what a kill has left, and leaves what was kept", async () => {
  const stacks = pairs.map(({ number }) => stackNameOf(number));
  for (const stack of stacks) await deploySomething(stack);
  noteKept(stackNameOf(98));
  const how = { results: join(folder, "results"), log: join(folder, "campaign") };
  await tidyAll(pairs, { ...how, keep: true });
  expect(stacks.map(leftoverOf)).toEqual(["left", "kept"]);
  await tidyAll(pairs, { ...how, keep: false });
  expect(stacks.map(leftoverOf)).toEqual(["nothing", "kept"]);
  expect(readFileSync(`${how.log}-pair97.log`, "utf8")).toContain("- 2 deleted");
  expect(existsSync(`${how.log}-pair98.log`)).toBe(false);
});
