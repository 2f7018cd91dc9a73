import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cpuTimes, startCommand, stopCommand } from "../../../infra/load/commands.ts";
import { cpuUseOf } from "../../../infra/load/seen.ts";

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
const start = (command: string) => startCommand({ kind: "cpu", command }).replaceAll("/run/", `${folder}/`);
const stop = stopCommand.replaceAll("/run/", `${folder}/`);
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

describe("the CPU that VMs are seen to use", () => {
  const line = (look: number, at: string, vm: string, ticks: string) =>
    `look=${look} at=${at} hz=100 vm=${vm} ticks=${ticks}\n`;

  it("is per cent of one CPU between the two looks", () => {
    const text =
      line(0, "10.00", "a", "500") +
      line(0, "10.00", "b", "7") +
      line(1, "12.00", "a", "600") +
      line(1, "12.00", "b", "7");
    expect(cpuUseOf(text, ["a", "b"], "sender")).toEqual([
      { vm: "a", cpuPercent: 50 },
      { vm: "b", cpuPercent: 0 },
    ]);
  });

  it.each([
    ["", /does not say how much CPU a used/],
    [line(0, "10.00", "a", "500"), /does not say how much CPU a used/],
    [line(0, "10.00", "a", "500") + line(1, "10.00", "a", "500"), /does not say how much CPU a used/],
    [line(0, "10.00", "a", ""), /ticks: "" is no whole number/],
    ["Last login: Thu\n", /"Last" is not key=value/],
  ])("is no number that nobody said: %j", (text, why) => {
    expect(() => cpuUseOf(text, ["a"], "sender")).toThrow(why);
  });

  it("is asked in a way that fails where a VM is not there", async () => {
    const { exitCode, stderr } = await execa("sh", ["-c", cpuTimes(["rtt-nobody"], 0)], { reject: false });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("rtt-nobody.pid");
  });
});
