import { randomUUID } from "node:crypto";
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withNamedLock, withResults, withServersLocked } from "../../../cli/setup/locks.ts";
import { LockedError } from "../../../lib/lock.ts";
import type { Progress } from "../../../lib/progress.ts";

const said: string[] = [];
const progress: Progress = { say: (line) => said.push(line), step: (_label, body) => body() };

afterEach(() => {
  said.length = 0;
  vi.unstubAllEnvs();
});

it("lets through the processes that its holder starts, which would else wait for ever", async () => {
  const name = randomUUID();
  const nested = () => withNamedLock(name, "it", progress, async () => process.env.LAB_LOCKS_HELD);
  expect(await withNamedLock(name, "it", progress, nested)).toContain(name);
  expect(process.env.LAB_LOCKS_HELD ?? "").not.toContain(name);
});

it("gives the lock back when its holder fails", async () => {
  const name = randomUUID();
  await expect(withNamedLock(name, "it", progress, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await withNamedLock(name, "it", progress, async () => "mine")).toBe("mine");
  expect(said).toEqual([]);
});

it("that is wanted now or not at all is refused with its holder while somebody has it, and had where nobody has", async () => {
  const name = randomUUID();
  const nested = () => {
    vi.stubEnv("LAB_LOCKS_HELD", ""); // as another program
    return withNamedLock(name, "it", progress, async () => "mine", 0);
  };
  await withNamedLock(name, "it", progress, async () => {
    await expect(nested()).rejects.toBeInstanceOf(LockedError);
    await expect(nested()).rejects.toThrow(new RegExp(`^it: in use by process ${process.pid} `));
  });
  expect(await nested()).toBe("mine");
  expect(said).toEqual([]);
});

it("keeps nobody from the servers of another cache", async () => {
  vi.stubEnv("LAB_CACHE", `/nowhere/${randomUUID()}`);
  const both = await withServersLocked(progress, () => {
    vi.stubEnv("LAB_CACHE", `/nowhere/${randomUUID()}`);
    vi.stubEnv("LAB_LOCKS_HELD", ""); // as another program
    return withServersLocked(progress, async () => "both");
  });
  expect(both).toBe("both");
  expect(said).toEqual([]);
});

describe("a results directory", () => {
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "lab-locks-")));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  /** What another program does, which holds no lock of ours. */
  const inAnotherProgram = <T>(results: string, body: () => Promise<T>) => {
    vi.stubEnv("LAB_LOCKS_HELD", "");
    return withResults(results, progress, body);
  };

  it("is measured into by one campaign after the other, by whichever path they name it, and is made", async () => {
    const results = join(folder, "deep", "results");
    const link = join(folder, "link");
    symlinkSync(join(folder, "deep"), link);
    const turns: string[] = [];
    const first = Promise.withResolvers<void>();
    const isLocked = Promise.withResolvers<void>();
    const both = [
      withResults(results, progress, async () => {
        isLocked.resolve();
        await first.promise;
        turns.push("first");
      }),
      isLocked.promise.then(() => inAnotherProgram(join(link, "results"), async () => void turns.push("second"))),
    ];
    await vi.waitFor(() => expect(said).toHaveLength(1));
    expect(said[0]).toMatch(new RegExp(`^waiting for the results in ${results}: in use by process ${process.pid} `));
    expect(turns).toEqual([]);
    first.resolve();
    await Promise.all(both);
    expect(turns).toEqual(["first", "second"]);
  });

  it("keeps nobody from another one", async () => {
    const both = withResults(join(folder, "a"), progress, () =>
      inAnotherProgram(join(folder, "b"), async () => "both"),
    );
    expect(await both).toBe("both");
    expect(said).toEqual([]);
  });

  it("that cannot be made is refused with its name", async () => {
    writeFileSync(join(folder, "file"), "");
    const results = join(folder, "file", "results");
    await expect(withResults(results, progress, async () => {})).rejects.toMatchObject({
      message: expect.stringContaining(`--results ${JSON.stringify(results)} cannot be made: ENOTDIR`),
      exitCode: 2,
    });
  });
});
