import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkout } from "../../../lib/paths.ts";
import { serverPath } from "../../../lib/ssh/framing.ts";

let folder: string;
let session: ChildProcess;
let lines: AsyncIterator<string>;

const say = (line: string) => session.stdin?.write(`${line}\n`);
const hear = async () => (await lines.next()).value as string;
const timeOf = (line: string) => Number(/seconds=([\d.]+)/.exec(line)?.[1]);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-session-"));
  session = spawn("sh", [join(checkout, "measure/probe/scripts/session.sh")], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { LC_ALL: "C", PATH: serverPath },
  });
  if (!session.stdout) throw new Error("no stdout");
  lines = createInterface(session.stdout)[Symbol.asyncIterator]();
});

afterEach(() => {
  session.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

it("waits for the time, for the word in the log, and for the end of the sample", { timeout: 60_000 }, async () => {
  const log = join(folder, "console.log");
  writeFileSync(log, "LAB-ENDED-1\n");
  expect(await hear()).toMatch(/^event=listening folder=/);
  say("now");
  const now = timeOf(await hear());
  expect(Math.abs(now - Date.now() / 1000)).toBeLessThan(5);
  say("now");
  say("mpstat");
  const sampling = timeOf(await hear());
  expect(await hear()).toBe("event=sampling");
  say(`until ${(sampling + 1.2).toFixed(3)} ${sampling} ${log} LAB-ENDED-2`);
  setTimeout(() => appendFileSync(log, "LAB-ENDED-2\n"), 3000);
  const since = timeOf(await hear()) - sampling;
  // The word came after 3 s, so the sample that was taken then ended at 4 s, and half a second is left after it.
  expect(since).toBeGreaterThan(4.45);
  say("stop");
  expect(await hear()).toBe("event=stopped");
});

it("ends while it waits when its other side has gone, and leaves nothing", { timeout: 60_000 }, async () => {
  const [, listening = ""] = /folder=(\S+)/.exec(await hear()) ?? [];
  expect(existsSync(listening)).toBe(true);
  say("now");
  const now = timeOf(await hear());
  say(`until ${now + 600} ${now} /dev/null LAB-ENDED-1`);
  session.stdin?.end();
  await once(session, "exit");
  expect(existsSync(listening)).toBe(false);
});
