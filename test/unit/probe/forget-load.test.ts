import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, it } from "vitest";
import { leaseOwner, loadMark, volatileFolder } from "../../../lib/server-paths.ts";
import { forgetLoadScript } from "../../../measure/probe/forget-load.ts";

let server: string;
const on = (path: string) => path.replace(volatileFolder, server);
beforeEach(() => {
  server = mkdtempSync(join(tmpdir(), "lab-forget-"));
  writeFileSync(on(loadMark), "token\n");
});
afterEach(() => rmSync(server, { recursive: true }));

it.each([
  ["the stack's own", "mine 'it is'\n", false],
  ["nobody's", undefined, false],
  ["another stack's", "theirs\n", true],
])("that load runs is forgotten on a server that is %s, or left to its tenant", async (_whose, lease, left) => {
  if (lease !== undefined) {
    mkdirSync(dirname(on(leaseOwner)));
    writeFileSync(on(leaseOwner), lease);
  }
  await execa("sh", ["-eu"], { input: forgetLoadScript("mine 'it is'").replaceAll(volatileFolder, server) });
  expect(existsSync(on(loadMark))).toBe(left);
});
