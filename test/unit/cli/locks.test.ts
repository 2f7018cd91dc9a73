import { randomUUID } from "node:crypto";
import { afterEach, expect, it, vi } from "vitest";
import { withNamedLock, withServersLocked } from "../../../cli/setup/locks.ts";
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
