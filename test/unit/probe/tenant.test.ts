import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { measureRun } from "../../../measure/probe/measure.ts";
import type { rawRun } from "../../../measure/probe/raw-run.ts";
import { runSpecSchema } from "../../../measure/probe/spec.ts";
import { LostServerError, requireTenant } from "../../../measure/probe/tenant.ts";
import { madeUpSpec } from "../../support/run-spec.ts";

const held = (holder: string) => ({ run: async () => `${holder}\n` });

describe("a run asks whose its servers are", () => {
  it("and goes on where both are its stack's", async () => {
    await requireTenant("a stack", { sender: held("a stack"), responder: held("a stack") }, "before");
  });

  it.each([
    ["another stack's", "b stack", "b stack has the responder"],
    ["nobody's", "nobody", "nobody has the responder"],
  ])("and fails where one is %s", async (_whose, holder, words) => {
    const connections = { sender: held("a stack"), responder: held(holder) };
    await expect(requireTenant("a stack", connections, "after")).rejects.toThrow(words);
    await expect(requireTenant("a stack", connections, "after")).rejects.toThrow(LostServerError);
  });
});

it("a run whose server was lost is tried once, and leaves no results", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lab-tenant-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const spec = runSpecSchema.parse(madeUpSpec(folder));
  let attempts = 0;
  const measureOnce: typeof rawRun = async ({ owner }) => {
    attempts += 1;
    await requireTenant(owner, { sender: held("b stack"), responder: held("a stack") }, "after");
    throw new Error("not reached");
  };
  await expect(measureRun(spec, () => {}, { measureOnce })).rejects.toThrow("b stack has the sender");
  expect(attempts).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});
