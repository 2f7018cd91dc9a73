import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkout } from "../../../lib/paths.ts";

const root = process.getuid?.() === 0 ? [] : ["--map-root-user"];
const program = join(checkout, "test/support/measure-into.ts");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-full-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Became {
  run: number;
  attempts: number;
  measured?: boolean;
  error?: string;
}

/**
 * Runs commands where the folder is a small file system of its own; `measure RUNS [BYTES]` puts runs into it.
 * @returns what they print, line by line: runs as objects
 */
async function inSmallFolder(size: string, commands: string): Promise<(Became | string)[]> {
  const script = `measure() { node ${program} ${folder} "$@"; }; mount -t tmpfs -o size=${size} none ${folder}; cd ${folder}; ${commands}`;
  const { stdout } = await execa("unshare", [...root, "--mount", "sh", "-e", "-c", script]);
  return stdout.split("\n").map((line) => (line.startsWith("{") ? (JSON.parse(line) as Became) : line));
}
/** What is in it, files and folders. */
const list = "find . -mindepth 1 | sort";
const ofRun = (run: number) => `./made-up/rep-01_run-0${run}`;
const filesOf = (run: number) =>
  [
    "",
    "/manifest.json",
    "/ping",
    ...["mpstat-responder.json", "mpstat-sender.json", "ping.err", "ping.txt"].map((name) => `/ping/${name}`),
  ].map((name) => `${ofRun(run)}${name}`);

it("a results directory that is full is told before a run, nothing half published is there, and there it goes on when there is room", async () => {
  const lines = await inSmallFolder(
    "400k",
    `measure 9; ${list}; mount -o remount,size=8m ${folder}; measure 9; echo then; ${list}`,
  );
  const runs = lines.filter((line): line is Became => typeof line !== "string");
  const [first, second] = [runs.slice(0, 9), runs.slice(9)];
  const kept = first.filter(({ measured }) => measured === true).length;
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(9);
  for (const { attempts, error } of first.slice(kept)) {
    expect(attempts).toBe(0);
    expect(error).toMatch(
      / has room for 0\.\d MB, and what is to be measured may need 0\.\d MB; make room there, or give /,
    );
  }
  const there = lines.slice(9, lines.indexOf("then") - 9);
  expect(there).toEqual(["./made-up", ...first.slice(0, kept).flatMap(({ run }) => filesOf(run))]);
  expect(second.map(({ measured }) => measured)).toEqual(second.map((_, index) => index >= kept));
  expect(lines.slice(lines.indexOf("then") + 1)).toEqual(["./made-up", ...second.flatMap(({ run }) => filesOf(run))]);
});

it("a run for which there is less room than was thought is measured once, and leaves nothing", async () => {
  const lines = await inSmallFolder("500k", `measure 1 600000; ${list}; echo then; measure 1`);
  expect(lines).toEqual([
    {
      ...{ run: 1, attempts: 1 },
      error: expect.stringMatching(
        /rep-01_run-01 cannot be kept: ENOSPC: .*; nothing of it is there\. Make room, and run the same again/,
      ),
    },
    "./made-up",
    "then",
    { run: 1, attempts: 1, measured: true },
  ]);
});

it("a results directory that cannot be made is told before a run", async () => {
  const [became] = await inSmallFolder(
    "500k",
    `mkdir sub; mount -t tmpfs -o ro none sub; node ${program} ${folder}/sub/results 1`,
  );
  expect(became).toEqual({
    ...{ run: 1, attempts: 0 },
    error: expect.stringMatching(
      /^no results can be kept in .*sub\/results: E\w+: .*; see to that, or give another directory$/,
    ),
  });
});
