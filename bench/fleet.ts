import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { interruptible } from "../cli/interrupt.ts";
import { benchPackages, ensurePackages } from "../cli/setup/packages.ts";
import { preparePulumi } from "../cli/setup/pulumi.ts";
import { LabError } from "../lib/errors.ts";
import { plainProgress } from "../lib/progress.ts";
import type { BenchRow } from "./bench-row.ts";
import { type Measured, rowsOf } from "./fleet/measured.ts";
import { newConfigFile } from "./fleet/stack.ts";

const settings = {
  vms: Number(process.env.BENCH_VMS ?? 64),
  rounds: Number(process.env.BENCH_ROUNDS ?? 3),
  parallelStarts: Number(process.env.BENCH_PARALLEL_STARTS ?? 8),
  quietLimitMs: 600_000,
};

/** While this file is there and says so, no service of a package is started that Debian installs (invoke-rc.d(8)). */
const servicePolicy = "/usr/sbin/policy-rc.d";

async function installWithoutServices(): Promise<void> {
  const isOurs = !existsSync(servicePolicy);
  if (isOurs) await writeFile(servicePolicy, "#!/bin/sh\nexit 101\n", { mode: 0o755, flag: "wx" });
  try {
    await ensurePackages(benchPackages, plainProgress);
  } finally {
    if (isOurs) await rm(servicePolicy);
  }
}

/** New namespaces for a command and all its children; they end with this process, however it ends. */
const namespaces = [
  ...["setpriv", "--pdeathsig", "KILL"],
  ...["unshare", "--mount", "--net", "--ipc", "--pid", "--mount-proc", "--fork", "--kill-child"],
];

/**
 * A fleet of real QEMU processes on this machine's libvirt: `pulumi up` of the project's own components against a script
 * that calls virsh with the same definitions, in turns. Server, daemons and guests live in namespaces of their own.
 */
export async function run(): Promise<BenchRow[]> {
  if (process.getuid?.() !== 0)
    throw new LabError("a libvirt server of its own needs root: run it as root", { exitCode: 2 });
  await installWithoutServices();
  const env = await preparePulumi(plainProgress);
  const folder = await mkdtemp(join(tmpdir(), "bench-fleet-"));
  const host = join(import.meta.dirname, "fleet", "host.sh");
  const inside = join(import.meta.dirname, "fleet", "inside.ts");
  try {
    return await interruptible(async ({ asked }) => {
      const [command = "", ...args] = [...namespaces, "sh", host, folder, process.execPath, inside, folder];
      const { stdout, failed } = await execa(command, args, {
        env: { ...env, BENCH_FLEET: JSON.stringify(settings) },
        stderr: "inherit",
        reject: false,
        cancelSignal: asked,
        killSignal: "SIGKILL",
      });
      asked.throwIfAborted();
      if (failed) throw new LabError("the benchmark of fleets has failed; what it said stands above");
      return rowsOf(JSON.parse(stdout) as Measured);
    });
  } finally {
    await rm(newConfigFile, { force: true });
    await rm(folder, { recursive: true, force: true });
  }
}
