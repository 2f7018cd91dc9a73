import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "lab-output-"));
afterAll(() => rmSync(folder, { recursive: true }));
const pcap = join(root, "test/data/runs/macvtap-passthrough/sender-nic.pcap");
const csv = join(folder, "pairs.csv");
writeFileSync(csv, "a,b\n1,2\n3,5\n");

/** Runs `lab ARGUMENTS` under a shell, `$lab` standing for it. */
const shell = (script: string) =>
  execa("bash", ["-c", script], {
    cwd: root,
    reject: false,
    env: { lab: `${process.execPath} ${join(root, "cli/main.ts")}`, pcap, csv, out: join(folder, "out") },
  });

describe("output that cannot be written", () => {
  it.each(["capture $pcap", "capture --json $pcap", "stats wilcoxon $csv", "campaign plan baseline", "--help"])(
    "ends `lab %s` with one line and status 1",
    async (command) => {
      const { exitCode, stderr } = await shell(`$lab ${command} >/dev/full`);
      expect(stderr).toBe("lab: standard output cannot be written: ENOSPC: no space left on device, write");
      expect(exitCode).toBe(1);
    },
  );

  it("is noticed where a file takes a part of it", async () => {
    // A limit of the file's size takes parts as a nearly full disk does, and needs no disk.
    const { exitCode, stderr } = await shell("trap '' XFSZ; ulimit -f 4; $lab capture --json $pcap >$out");
    expect(stderr).toBe("lab: standard output cannot be written: EFBIG: file too large, write");
    expect(exitCode).toBe(1);
    expect(readFileSync(join(folder, "out"))).toHaveLength(4096);
  });

  it("is no fault where the reader has seen enough", async () => {
    const { stdout, stderr } = await shell(`$lab capture --json $pcap | true; echo \${PIPESTATUS[0]}`);
    expect({ stdout, stderr }).toEqual({ stdout: "0", stderr: "" });
  });

  it("shows in the status where not even stderr takes a word", async () => {
    expect((await shell("$lab capture /nonexistent >/dev/full 2>/dev/full")).exitCode).toBe(1);
    expect((await shell("$lab capture $pcap >/dev/full 2>/dev/full")).exitCode).toBe(1);
  });
});

it("a capture comes from standard input as -", async () => {
  const { stdout, exitCode } = await shell("cat $pcap | $lab capture -");
  expect(stdout).toMatch(/^echo exchanges +100, 100 of them answered$/m);
  expect(exitCode).toBe(0);
  const wrong = await shell("echo this is no capture at all | $lab capture -");
  expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("neither pcap nor pcapng") });
});
