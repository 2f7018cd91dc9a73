import { randomBytes } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { endpointOn } from "../../../lib/endpoints/kinds.ts";
import { LabError } from "../../../lib/errors.ts";
import { endpointFolder } from "../../../lib/server-paths.ts";
import { connectSsh, type SshConnection } from "../../../lib/ssh/connect.ts";
import { capturePoints } from "../../../measure/probe/capture-points.ts";
import { CommandInEndpoint } from "../../../measure/probe/command-in-endpoint.ts";
import type { End } from "../../../measure/probe/spec.ts";
import { pingBudget } from "../../../measure/probes/ping/budget.ts";
import { madeUpEnd } from "../../support/run-spec.ts";
import { startSshd } from "../../support/sshd.ts";

const name = `test-${process.pid}`;
const folder = endpointFolder(name);
mkdirSync(folder, { recursive: true });
const bin = mkdtempSync(join(tmpdir(), "lab-ip-"));
afterAll(() => {
  for (const each of [folder, bin]) rmSync(each, { recursive: true, force: true });
});

const mac = "52:54:00:9a:01:00";
const links = `1: lo: <LOOPBACK> mtu 65536 \\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
7: rtt0v0: <BROADCAST> mtu 1500 \\    link/ether ${mac.toUpperCase()} brd ff:ff:ff:ff:ff:ff`;
/** The endpoint's namespace is this process's own; `ip netns exec` with another name fails as the real one. */
writeFileSync(
  join(bin, "ip"),
  `#!/bin/sh
case "$*" in
  'netns exec ${name} '*) shift 3; exec "$@" ;;
  'netns exec '*) echo 'Cannot open network namespace "gone": No such file or directory' >&2; exit 1 ;;
  'netns list') echo 'other (id: 0)'; echo '${name} (id: 1)' ;;
  '-o link show') printf '%s\\n' '${links}' ;;
esac
`,
);
chmodSync(join(bin, "ip"), 0o755);

const ssh: SshConnection = {
  async exec(script: string, options: { timeoutMs?: number } = {}) {
    const { exitCode, stdout, stderr } = await execa("sh", ["-c", script], {
      env: { PATH: `${bin}:${process.env.PATH}` },
      encoding: "buffer",
      reject: false,
      stripFinalNewline: false,
      timeout: Math.ceil(options.timeoutMs ?? 60_000),
    });
    return { code: exitCode ?? 255, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr).toString() };
  },
  async run(script: string) {
    const { code, stdout, stderr } = await ssh.exec(script);
    if (code !== 0) throw new LabError(stderr);
    return stdout.toString();
  },
} as unknown as SshConnection;

const host = endpointOn(ssh, "host", name);
const left = () => readdirSync(folder).filter((file) => file.startsWith("lab-"));
const running = (words: string) =>
  readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ").includes(words);
    } catch {
      return false; // it has ended
    }
  });

describe("a command on the server itself", { timeout: 60_000 }, () => {
  it("gives its stdout, and its stderr when it fails", async () => {
    expect(await host.run("echo 'it'\\''s'")).toBe("it's\n");
    await expect(host.run("echo why >&2; exit 3")).rejects.toThrow(/exit status 3 on the server: .*\nwhy$/);
    await expect(endpointOn(ssh, "host", "gone").run("true")).rejects.toThrow(/^gone: exit status 1 .*\nCannot open/);
  });

  it("goes on by itself, and tells at its end how that was and what it printed, and leaves no file", async () => {
    const command = await host.start("sleep 0.3; echo out; echo err >&2; exit 5", true);
    expect(await command.ended(20_000, 50)).toEqual({ code: 5, stdout: Buffer.from("out\n"), stderr: "err\n" });
    expect(left()).toEqual([]);
    const silent = await host.start("echo out", false);
    expect(await silent.ended(20_000, 50)).toEqual({ code: 0, stdout: Buffer.alloc(0), stderr: "" });
  });

  it("is ended when it takes too long, with all that it started, before that is told", async () => {
    const seconds = `7${process.pid}`;
    const command = await host.start(`sleep ${seconds} & sleep ${seconds}`, false);
    await expect(command.ended(500, 50)).rejects.toThrow(
      /: still running after 0.5 s on the server: .*; it was ended$/,
    );
    expect(running(`sleep ${seconds}`)).toEqual([]);
    expect(left()).toEqual([]);
  });

  it("that was ended by force ends with the status of that", async () => {
    const seconds = `6${process.pid}`;
    const command = await host.start(`exec sleep ${seconds}`, true);
    await ssh.run(
      `pkill -KILL -f '[s]h -c ip netns exec ${name}.*${seconds}'; pkill -KILL -f '[s]leep ${seconds}'; true`,
    );
    expect((await command.ended(20_000, 50)).code).toBe(137);
  });

  it("is refused where there is no such endpoint", async () => {
    await expect(endpointOn(ssh, "host", "gone").start("true", false)).rejects.toThrow(/there is no endpoint gone/);
  });
});

describe("processes of a probe that an attempt has left", { timeout: 60_000 }, () => {
  it("end where they are ours, and those of the server's own stay", async () => {
    const seconds = `5${process.pid}`;
    // A program of this test alone: others beside it have processes called sleep too, which are of calls as well.
    const program = `held-${process.pid}`;
    copyFileSync("/bin/sleep", join(bin, program));
    const line = `${join(bin, program)} ${seconds}`;
    const theirs = execa(join(bin, program), [seconds], { reject: false });
    const ours = await host.start(`exec ${line}`, false);
    while (running(line).length < 2) await new Promise((go) => setTimeout(go, 50));
    await host.run(host.endProcesses([program]));
    expect(running(line)).toEqual([String(theirs.pid)]);
    expect((await ours.ended(20_000, 50)).code).toBeGreaterThan(128);
    theirs.kill();
    await theirs;
  });
});

it("a probe on it brings home what it printed, writes its word where the server reads it, and leaves files to the next attempt", {
  timeout: 60_000,
}, async () => {
  const budget = { ...pingBudget({ packets: 1, pingRatePps: 1000, cpuWindowSeconds: 1 }, "hardware"), askEveryMs: 100 };
  const command = {
    shell: "sh -c 'echo line; echo odd >&2; exit 1'",
    programs: ["sh"],
    processes: ["no-such-program"],
    exitCodes: [1],
  };
  const probe = new CommandInEndpoint(host, { probe: { id: "ping" }, seed: 65_530, budget, command });
  await probe.clear();
  await probe.start({ afterSeconds: 0, tellsEnd: true });
  await probe.ended();
  expect(probe.endWord.log).toBe(`${folder}/words`);
  expect(readFileSync(probe.endWord.log, "utf8")).toBe(`${probe.endWord.word}\n`);
  const { text, exitCode, errors } = await probe.collect();
  expect({ text: text.toString(), exitCode, errors }).toEqual({ text: "line\n", exitCode: 1, errors: "odd" });
  expect(left()).not.toEqual([]);
  await probe.clear();
  expect(left()).toEqual([]);
});

it("has one capture point, at its VF in its namespace, where a VM has two and a VF in a guest none", async () => {
  const noVm = { unseen: "no VM" };
  const end = (capture: End["capture"], endpoint: "host" | "vm") =>
    ({ ...madeUpEnd(), main: { ...madeUpEnd().main, endpoint, name, mac }, pf: "pf0", capture }) as End;
  expect(await capturePoints(ssh, end({ nic: "vf", virt: noVm }, "host"))).toEqual([
    { hop: "nic", interface: `${name}/rtt0v0` },
  ]);
  expect(await capturePoints(ssh, end({ nic: noVm, virt: noVm }, "host"))).toEqual([]);
  const libvirt = {
    run: async () =>
      `<interface type='bridge'><mac address='${mac}'/><source bridge='rtt0'/><target dev='vnet0'/></interface>`,
  } as unknown as SshConnection;
  expect(await capturePoints(libvirt, end({ nic: "pf", virt: "vnet" }, "vm"))).toEqual([
    { hop: "nic", interface: "pf0" },
    { hop: "virt", interface: "vnet0" },
  ]);
});

it.each([0, 1, 300_000, 2_000_000])(
  "files, the first of %i bytes, come home whole, and one that is too large is refused",
  async (bytes) => {
    const contents = [randomBytes(bytes), Buffer.from("a line\n")];
    const paths = ["it's a file", "one's"].map((file) => join(host.files, file));
    for (const [index, path] of paths.entries()) writeFileSync(path, contents[index] as Buffer);
    const fetching = (from: string[], maxBytes = 2_000_000) => host.fetch(from, { maxBytes, limitMs: 1000 });
    expect(await fetching(paths)).toEqual(contents);
    await expect(fetching(paths.slice(0, 1), bytes - 1)).rejects.toThrow(/the limit is/);
    await expect(fetching([...paths, join(host.files, "none")])).rejects.toThrow(/exit status [12]: .*none/);
  },
);

it("is there when it is listed by its whole name", async () => {
  expect(await host.isThere()).toBe(true);
  expect(await endpointOn(ssh, "host", name.slice(0, -1)).isThere()).toBe(false);
});

it("has its VF in its namespace below it, and no interface of a VM", async () => {
  expect(await host.serverInterfaces(mac)).toEqual({ own: null, below: `${name}/rtt0v0` });
  await expect(host.serverInterfaces("52:54:00:9a:01:01")).rejects.toThrow(/no interface with the address 52:54/);
});

const isRoot = process.getuid?.() === 0;

it.skipIf(!isRoot)(
  "goes on in its namespace when the connection that began it is lost",
  { timeout: 60_000 },
  async () => {
    await execa("ip", ["netns", "add", name]);
    const sshd = await startSshd();
    try {
      const first = await connectSsh("server", sshd.target());
      const begun = endpointOn(first, "host", name);
      await begun.start(`sleep 2; ls /sys/class/net > ${folder}/interfaces`, false);
      first.close();
      const second = await connectSsh("server", sshd.target());
      const host = endpointOn(second, "host", name);
      expect(await host.isThere()).toBe(true);
      expect(await host.run(`until [ -s ${folder}/interfaces ]; do sleep 0.2; done; cat ${folder}/interfaces`)).toBe(
        "lo\n",
      );
      const late = await host.start("sleep 600 & sleep 600", true);
      await late.end();
      expect((await second.run(`ip netns pids ${name}`)).trim()).toBe("");
      second.close();
    } finally {
      await sshd.stop();
      await execa("ip", ["netns", "del", name]);
    }
  },
);
