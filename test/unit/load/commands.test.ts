import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCommand, stopCommandOf } from "../../../infra/load/commands.ts";
import { loadKinds } from "../../../study/loads/loads.ts";

const folder = mkdtempSync(join(tmpdir(), "lab-load-"));
beforeAll(() => {
  mkdirSync(join(folder, "bin"));
  copyFileSync("/bin/sleep", join(folder, "bin", "stress-ng"));
  copyFileSync("/bin/sleep", join(folder, "bin", "iperf"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A process tree of its own, as a guest has one. */
const inGuest = (script: string) => {
  const own = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const args = [...own, "--pid", "--fork", "--mount-proc", "--kill-child", "sh", "-c", script];
  return execa("unshare", args, { env: { PATH: `${folder}/bin:${process.env.PATH}` }, reject: false });
};
const start = (command: string) => startCommand({ name: "cpu", command }).replaceAll("/run/", `${folder}/`);
const stop = stopCommandOf(loadKinds).replaceAll("/run/", `${folder}/`);
/** Waits until that many are there. */
const until = (count: number) => `until [ "$(${left})" = ${count} ]; do sleep 0.02; done`;
const left = "grep -lE '^(stress-ng|iperf|sleep)' /proc/[0-9]*/comm | wc -l";

describe("ending load in a guest", { timeout: 60_000 }, () => {
  it("ends all of it, and nothing else", async () => {
    const { stdout, exitCode } = await inGuest(
      `${start("stress-ng 300")}\n${start("iperf 300")}\nsleep 300 &\n${until(3)}\n${stop}\n${left}`,
    );
    expect({ stdout, exitCode }).toEqual({ stdout: "1", exitCode: 0 });
  });

  it("ends a start that is only just on its way", async () => {
    const { stdout } = await inGuest(
      `(sleep 0.15; ${start("iperf 300")}) &\n${start("stress-ng 300")}\n${stop}\n${left}`,
    );
    expect(stdout).toBe("0");
  });

  it("ends what does not mind being asked, and says what cannot be ended", async () => {
    const stubborn = `sh -c 'trap "" TERM; exec stress-ng 300' &`;
    expect((await inGuest(`${stubborn}\n${until(1)}\n${stop}\n${left}`)).stdout).toBe("0");
    const { stderr, exitCode } = await inGuest(`kill() { :; }\n${start("stress-ng 300")}\n${until(1)}\n${stop}`);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^still running: \d+$/);
  });
});
