import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployedProcesses, startCommand, stopCommandOf } from "../../../infra/load/commands.ts";
import { type LoadPlan, loadKinds } from "../../../study/loads/loads.ts";

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

describe("what runs from a deployment's load on", () => {
  const vm = { vcpus: 1, peerIp: "10.9.1.3" };
  const bursts = { type: "network", mbps: 2, packetBytes: 1400, burstPackets: 16 };
  const namesOf = (load: LoadPlan, sharesClock: boolean) =>
    deployedProcesses({ load, sharesClock }, vm).map(({ name }) => name);

  it("is all of it, but for what sends on servers that share a clock", () => {
    const both = { ...bursts, sends: true, receives: true };
    expect(namesOf(both, false)).toEqual(["receive", "send"]);
    expect(namesOf(both, true)).toEqual(["receive"]);
    expect(namesOf({ ...bursts, sends: true, receives: false }, true)).toEqual([]);
    expect(namesOf({ type: "cpu", percent: 100 }, true)).toEqual(namesOf({ type: "cpu", percent: 100 }, false));
  });
});
