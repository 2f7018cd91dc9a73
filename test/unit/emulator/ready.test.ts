import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkLook, lookScript, waitForConsole } from "../../../emulator/hosts/ready.ts";
import { readSettings } from "../../../emulator/hosts/settings.ts";
import { type ServerState, serversFolder } from "../../../emulator/hosts/state.ts";
import { identify } from "../../../lib/process-identity.ts";

const pf = { addressFilters: 24, returnsOwnFrames: true as const };
const host = {
  generation: "abc",
  port: 2201,
  pfs: [
    { ...pf, name: "pf0", vfs: 7, totalVfs: 7 },
    { ...pf, name: "pf1", vfs: 7, totalVfs: 7 },
  ],
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lab-ready-"));
  mkdirSync(join(root, "etc"));
  writeFileSync(join(root, "etc/machine-id"), "abc\n");
});
afterEach(() => rmSync(root, { recursive: true }));

function giveVfs(name: string, count: string): void {
  mkdirSync(join(root, `sys/class/net/${name}/device`), { recursive: true });
  writeFileSync(join(root, `sys/class/net/${name}/device/sriov_totalvfs`), count);
}

const look = (seconds: number, env = {}) =>
  execa("sh", ["-eu"], { input: lookScript(["pf0", "pf1"], seconds, root), env });

describe("a server that has come up", () => {
  it("is taken when it is the one that was started and its ports have their virtual functions", async () => {
    giveVfs("pf0", "7\n");
    giveVfs("pf1", "8\n");
    expect(() => checkLook("sender", host, "generation=abc pf0=7 pf1=8\n")).not.toThrow();
    expect((await look(0)).stdout).toBe("generation=abc pf0=7 pf1=8");
  });

  it("is waited for while a port of its is not there yet", async () => {
    giveVfs("pf1", "7\n");
    mkdirSync(join(root, "bin"));
    mkdirSync(join(root, "sys/class/net/pf0/device"), { recursive: true });
    const arrival = `#!/bin/sh\necho 7 > ${root}/sys/class/net/pf0/device/sriov_totalvfs\n`;
    writeFileSync(join(root, "bin/sleep"), arrival, { mode: 0o755 });
    const { stdout } = await look(60, { PATH: `${join(root, "bin")}:${process.env.PATH}` });
    expect(stdout).toBe("generation=abc pf0=7 pf1=7");
  });

  it("is refused without a port, whatever else it tells, and by the port's name", async () => {
    giveVfs("pf1", "7\n");
    const { stdout } = await look(0);
    expect(stdout).toBe("generation=abc pf0= pf1=7");
    expect(() => checkLook("sender", host, stdout)).toThrow(
      /^sender: it has no port pf0 with virtual functions; 7 are declared$/,
    );
  });

  it("is refused with too few virtual functions, or when it is another server", () => {
    expect(() => checkLook("sender", host, "generation=abc pf0=7 pf1=3")).toThrow(
      /^sender: pf1 has 3 virtual functions; 7 are declared$/,
    );
    expect(() => checkLook("sender", host, "generation=abd pf0=7 pf1=7")).toThrow(
      /another server answers on port 2201/,
    );
  });
});

describe("a server that does not come up", () => {
  const ended = { pid: 1, startTicks: -1, bootId: "none" };
  const wait = (process_: ServerState["process"], console_: string) => {
    const folder = join(serversFolder(root), "sender");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "console.log"), console_);
    const settings = readSettings({ bootTimeoutS: 10 }, {});
    const fixed = { generation: "abc", port: 2201, pinnedCore: null, imageKey: "i", startedAt: "", ready: false };
    return waitForConsole(root, "sender", { ...fixed, settings, process: process_ }, Date.now() - 1);
  };

  it("is told with the reason of its kernel's panic, however long the trace below it is", async () => {
    const trace = Array.from({ length: 30 }, (_, i) => `[    0.05] frame ${i}`);
    const log = ["[    0.04] before", "[    0.05] Kernel panic - not syncing: no timer", ...trace].join("\n");
    const told = wait(ended, `${log}\n`);
    await expect(told).rejects.toThrow(
      /^sender: its QEMU ended during boot; it said last:\n\[ {4}0\.05\] Kernel panic - not syncing: no timer\n/,
    );
    await expect(told).rejects.toThrow(/frame 10$/);
  });

  it("is told with its last words, and with the setting that gives it longer", async () => {
    const running = identify(process.pid);
    expect(running).toBeDefined();
    if (running)
      await expect(wait(running, "waiting for a disk\n")).rejects.toThrow(
        /^sender: not up after 10 s; a busy machine needs longer: LAB_EMULATOR_BOOT_TIMEOUT_S=SECONDS allows it\. It said last:\nwaiting for a disk$/,
      );
  });
});
