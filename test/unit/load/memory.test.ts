import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execaSync } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { configSchema } from "../../../infra/config/schema.ts";
import { loadProcesses, startCommand } from "../../../infra/load/commands.ts";
import { leastOf } from "../../../infra/load/share.ts";
import { planOf } from "../../../infra/plan/plan.ts";
import { backgroundProblems } from "../../../measure/probe/background.ts";
import { parseGuestLooks, ratesBetween } from "../../../study/loads/guest-look.ts";
import { memoryLoad } from "../../../study/loads/memory.ts";

const folder = mkdtempSync(join(tmpdir(), "lab-memory-"));
afterAll(() => rmSync(folder, { recursive: true }));
/** What a guest would run, with the guest's /run in a folder of the test. */
const inFolder = (text: string) => text.replaceAll("/run/", `${folder}/`);

const [process] = loadProcesses({ type: "memory", memoryMiB: 12 }, { vcpus: 2, peerIp: "10.9.2.2" });
const command = process?.command ?? "";

/** A stress-ng that does so many operations a call, and fails at the third. */
function standIn(said: string): Record<string, string> {
  const script = `#!/bin/sh
n=$(cat ${folder}/calls 2> /dev/null || echo 0)
echo $((n + 1)) > ${folder}/calls
for word; do file=$word; done
echo "$*" > ${folder}/words
[ $n -lt 2 ] || { echo "out of memory" >&2; exit 2; }
printf '%s\\n' '${said}' > "$file"
`;
  writeFileSync(join(folder, "stress-ng"), script);
  chmodSync(join(folder, "stress-ng"), 0o755);
  rmSync(join(folder, "calls"), { force: true });
  rmSync(join(folder, "lab-load-moved"), { force: true });
  return { PATH: `${folder}:${globalThis.process.env.PATH}` };
}

const look = () => {
  const { stdout } = execaSync("sh", ["-c", inFolder(memoryLoad.counters?.command ?? "")]);
  return parseGuestLooks(memoryLoad.counters!, stdout, "rtt-bg-001")[0]!;
};

describe("memory load", () => {
  it("is STREAM on each virtual CPU, a second at a time, in arrays of the memory asked for", () => {
    const env = standIn("      bogo-ops: 30");
    execaSync("sh", ["-c", inFolder(command)], { env });
    const words = readFileSync(join(folder, "words"), "utf8");
    // Three arrays of four times what is said to be the cache: 12 MiB.
    expect(words).toContain("--stream 2 --stream-l3-size 1024K --timeout 1 ");
    execaSync("sh", ["-n"], { input: startCommand({ name: "memory", command }) });
  });

  it("counts what its operations moved, and tells what stress-ng says when it fails", () => {
    const env = standIn(
      "metrics:\n    - stressor: stream\n      bogo-ops: 30\n      bogo-ops-per-second-real-time: 7.5",
    );
    const before = look();
    expect(before.counts).toEqual({ moved: 0 });
    const { stdout } = execaSync("sh", ["-c", inFolder(command)], { env });
    expect(stdout).toBe("out of memory");
    const after = look();
    // Two calls of 30 operations, each of ten arrays of 4 MiB.
    expect(after.counts).toEqual({ moved: 2 * 30 * 40 });
    const rates = ratesBetween(memoryLoad.counters!, { ...before, seconds: 100 }, { ...after, seconds: 110 });
    expect(rates).toEqual({ memoryMiBps: 240 });
  });

  it("has moved nothing where stress-ng names no operation", () => {
    execaSync("sh", ["-c", inFolder(command)], { env: standIn("metrics:") });
    expect(look().counts).toEqual({ moved: 0 });
  });

  it("has a name by which it is ended with stress-ng's own processes", () => {
    const env = standIn("      bogo-ops: 1");
    writeFileSync(join(folder, "stress-ng"), `#!/bin/sh\ncat /proc/$PPID/comm > ${folder}/name\nexit 1\n`);
    execaSync("sh", ["-c", inFolder(command)], { env });
    const name = readFileSync(join(folder, "name"), "utf8").trim();
    expect(memoryLoad.programs.some((program) => name.startsWith(program))).toBe(true);
  });

  const plan = (own: object) =>
    planOf(configSchema.parse({ mainDriver: "virtio-bridge", backgroundVms: 2, loadType: "memory", ...own }));

  it("runs at its location alone, and is to be seen by CPU and by what it moves", () => {
    const { sender, responder } = plan({ memoryLoadMiB: 24 });
    expect(sender.load).toEqual({ type: "memory", memoryMiB: 24 });
    expect(responder.load).toEqual({ type: "none" });
    const least = leastOf(sender, 8);
    expect(least).toEqual({ cpuPercent: 50, memoryMiBps: 1 });
    const used = { vm: "rtt-bg-001", cpuPercent: 90, memoryMiBps: 0, sentPps: null, receivedPps: null };
    const spec = { endpoint: "vm" as const, vms: ["rtt-bg-001"], load: "memory", least };
    expect(backgroundProblems("sender", spec, [used])).toEqual([
      "sender: rtt-bg-001 moved 0 MiB/s, and memory load at least 1 MiB/s",
    ]);
    expect(backgroundProblems("sender", spec, [{ ...used, memoryMiBps: 900 }])).toEqual([]);
  });

  it("is refused where a background VM has too little memory for it", () => {
    const problems = (memoryMiB: number, vm: { vcpus: number; memoryMiB: number }) =>
      memoryLoad.problems!({ memoryMiB }, vm);
    expect(problems(64, { vcpus: 1, memoryMiB: 192 })).toEqual([]);
    expect(problems(65, { vcpus: 1, memoryMiB: 192 })).toMatchObject([
      { key: "memoryLoadMiB", value: 65, allowed: "at most 64, or a backgroundMemoryMiB of at least 193" },
    ]);
    expect(problems(40, { vcpus: 2, memoryMiB: 192 })).toMatchObject([
      { allowed: "at most 32, or a backgroundMemoryMiB of at least 208" },
    ]);
  });
});
