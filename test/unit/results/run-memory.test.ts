import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Role } from "../../../lib/roles.ts";
import { RunMemory } from "../../../measure/results/run-memory.ts";
import { hostKeySha256 } from "../../../measure/results/server-keys.ts";
import { inspectRun } from "../../../measure/results/token.ts";
import { deployments, writeRun } from "../campaign/fixtures.ts";

const [deployment] = deployments(1);
const { hash } = deployment!.scenario;
let results: string;
let run: string;
const memoryFile = () => join(results, "memory.json");

beforeEach(() => {
  results = mkdtempSync(join(tmpdir(), "lab-memory-"));
  run = writeRun(results, deployment!, 1);
});
afterEach(() => rmSync(results, { recursive: true }));

/** A look by a program that begins with what the last one remembered; and how often it read the files. */
async function look(sha256 = hash) {
  let read = 0;
  const memory = new RunMemory(memoryFile(), (...words) => {
    read++;
    return inspectRun(...words);
  });
  const found = memory.look(run, sha256);
  await memory.keep();
  return { found, read };
}

it("does not read a run again whose files are the same", async () => {
  const first = await look();
  expect(first).toEqual({
    found: { scenarioSha256: hash, fidelity: "emulated", measuringMs: 2000, servers: null },
    read: 1,
  });
  expect(await look()).toMatchObject({ found: first.found, read: 0 });
});

it("knows the servers of a run without reading it again", async () => {
  const keys = { sender: hostKeySha256("ssh-ed25519 AAAA"), responder: hostKeySha256("ssh-ed25519 BBBB") };
  const ofServer = (role: Role) => ({ hostKeySha256: keys[role], kernel: "6.12" });
  const environment = { guestKernel: "6.12", sender: ofServer("sender"), responder: ofServer("responder") };
  writeRun(results, deployment!, 1, "emulated", environment);
  expect(await look()).toMatchObject({ found: { servers: keys }, read: 1 });
  expect(await look()).toMatchObject({ found: { servers: keys }, read: 0 });
});

it("reads a run again that was remembered without its servers", async () => {
  await look();
  const memory = JSON.parse(readFileSync(memoryFile(), "utf8"));
  delete memory.runs[run].servers;
  writeFileSync(memoryFile(), JSON.stringify(memory));
  expect((await look()).read).toBe(1);
});

it.each([
  ["has more in it", () => appendFileSync(join(run, "ping.txt"), "!"), "ping.txt has changed its size"],
  ["has other content of the same size", () => writeFileSync(join(run, "ping.txt"), "gone"), "ping.txt has changed"],
  ["is gone", () => rmSync(join(run, "ping.txt")), "ping.txt is gone"],
  ["is another run's", () => rmSync(run, { recursive: true }), "there is no manifest.json"],
])("reads a run again of which a file %s", async (_what, change, missing) => {
  await look();
  change();
  expect(await look()).toEqual({ found: { missing }, read: 1 });
  expect((await look()).read).toBe(1);
});

it("reads a copy again, whose files have other inodes, and one of another scenario", async () => {
  await look();
  const { atime, mtime } = statSync(join(run, "ping.txt"));
  cpSync(run, `${run}-copy`, { recursive: true, preserveTimestamps: true });
  rmSync(run, { recursive: true });
  cpSync(`${run}-copy`, run, { recursive: true, preserveTimestamps: true });
  utimesSync(join(run, "ping.txt"), atime, mtime);
  expect((await look()).read).toBe(1);
  expect((await look()).read).toBe(0);
  expect(await look("0".repeat(64))).toEqual({ found: { missing: "the run is of another scenario" }, read: 1 });
});

it.each(["", "{", '{"reader":"another","runs":{}}', "null"])("begins anew where its file is %j", async (text) => {
  await look();
  writeFileSync(memoryFile(), text);
  expect(await look()).toMatchObject({ found: { scenarioSha256: hash }, read: 1 });
});
