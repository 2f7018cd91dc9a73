import { spawn } from "node:child_process";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import { endProcess, findProcesses } from "../../../emulator/hosts/process.ts";
import { identify, isRunning, parseStat } from "../../../lib/process-identity.ts";

const folder = realpathSync(tmpdir());
let child: ReturnType<typeof spawn>;

beforeEach(async () => {
  child = spawn("sleep", ["1000.25"], { cwd: folder, stdio: "ignore" });
  await once(child, "spawn");
});

afterEach(() => child.kill("SIGKILL"));

const identity = () => {
  const found = identify(child.pid ?? 0);
  if (!found) throw new Error("no such process");
  return found;
};

it("reads the start of a process whatever its name is", () => {
  const rest = Array.from({ length: 49 }, (_, index) => index + 4).join(" ");
  expect(parseStat(`7 (a) b (c)) S ${rest}`)).toEqual({ state: "S", startTicks: 22 });
});

it("knows a process that runs", () => expect(isRunning(identity())).toBe(true));

it("takes a process of the same number that started at another time for another one", async () => {
  const other = { ...identity(), startTicks: identity().startTicks - 1 };
  expect(isRunning(other)).toBe(false);
  await endProcess(other, 100);
  expect(isRunning(identity())).toBe(true);
});

it("takes a process of an earlier boot for another one", () => {
  expect(isRunning({ ...identity(), bootId: "another" })).toBe(false);
});

it("ends that very process", async () => {
  const own = identity();
  await endProcess(own);
  expect(isRunning(own)).toBe(false);
});

it("finds processes by folder and words", () => {
  expect(findProcesses(folder, ["1000.25"])).toContainEqual(identity());
  expect(findProcesses("/nowhere", ["1000.25"])).toEqual([]);
});
