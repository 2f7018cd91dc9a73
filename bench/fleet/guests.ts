import { readdir, readFile } from "node:fs/promises";
import { execa } from "execa";
import { LabError } from "../../lib/errors.ts";

/** The QEMU processes that there are, by the name of their domain. */
async function processes(): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    // One that has ended meanwhile is none.
    const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    const [, name] = /qemu-system.*\0-name\0guest=([^,\0]+)/.exec(commandLine) ?? [];
    if (name !== undefined) found.set(name, Number(pid));
  }
  return found;
}

const linesOf = (text: string) => text.split("\n").filter((line) => line !== "");

/**
 * Makes sure that just these guests run, as processes and as libvirt knows them.
 * @returns their process IDs, by name
 * @throws LabError with what differs
 */
export async function expectRunning(names: readonly string[]): Promise<Map<string, number>> {
  const found = await processes();
  const { stdout: running } = await execa("virsh", ["-q", "list", "--state-running", "--name"]);
  const { stdout: all } = await execa("virsh", ["-q", "list", "--all", "--name"]);
  const expected = [...names].sort().join(" ");
  const counts = { processes: [...found.keys()], running: linesOf(running), defined: linesOf(all) };
  for (const [what, there] of Object.entries(counts))
    if (there.sort().join(" ") !== expected)
      throw new LabError(`${names.length} guests were to run; ${what}: ${there.length} (${there.join(" ")})`);
  return found;
}

/** @throws LabError unless every guest of `before` is the same process as then */
export function expectUntouched(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): void {
  const other = [...before].filter(([name, pid]) => after.get(name) !== pid).map(([name]) => name);
  if (other.length > 0) throw new LabError(`guests were started anew that were to be left alone: ${other.join(" ")}`);
}
