import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, it } from "vitest";
import { leaseOwner, loadMark, volatileFolder } from "../../../lib/server-paths.ts";
import { forgetLoadOf } from "../../../lib/tenant.ts";

let server: string;
const on = (path: string) => path.replace(volatileFolder, server);
beforeEach(() => {
  server = mkdtempSync(join(tmpdir(), "lab-forget-"));
  writeFileSync(on(loadMark), "token\n");
});
afterEach(() => rmSync(server, { recursive: true }));

it.each([
  ["the stack's own", "mine 'it is'\n", undefined],
  ["nobody's", undefined, undefined],
  ["nobody's, with a lease that was not written to its end", "", undefined],
  ["another stack's", "theirs\n", "theirs"],
])("that load runs is forgotten on a server that is %s, or left to its tenant", async (_whose, lease, tenant) => {
  if (lease !== undefined) {
    mkdirSync(dirname(on(leaseOwner)));
    writeFileSync(on(leaseOwner), lease);
  }
  const run = async (script: string) =>
    (await execa("sh", ["-eu"], { input: script.replaceAll(volatileFolder, server) })).stdout;
  expect(await forgetLoadOf({ run }, "mine 'it is'")).toBe(tenant);
  expect(existsSync(on(loadMark))).toBe(tenant !== undefined);
});
