import { randomUUID } from "node:crypto";
import { afterEach, expect, it } from "vitest";
import { withNamedLock } from "../../../cli/setup/locks.ts";
import type { Progress } from "../../../lib/progress.ts";

const said: string[] = [];
const progress: Progress = { say: (line) => said.push(line), step: (_label, body) => body() };

afterEach(() => {
  said.length = 0;
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
