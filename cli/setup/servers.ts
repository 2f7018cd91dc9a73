import { existsSync, readFileSync } from "node:fs";
import { hostsDown } from "../../emulator/hosts/down.ts";
import type { EmulatedInventory } from "../../emulator/hosts/inventory.ts";
import { hostsStatus, type ServerStatus } from "../../emulator/hosts/status.ts";
import { hostsUp } from "../../emulator/hosts/up.ts";
import { emulatorPackages } from "../../emulator/machine.ts";
import { LabError } from "../../lib/errors.ts";
import { cacheDir } from "../../lib/paths.ts";
import type { Progress } from "../../lib/progress.ts";
import { inventoryFile } from "./emulated-hosts.ts";
import { ensurePackages } from "./packages.ts";

/** Boots both servers, or finds them up, and writes their inventory. */
export async function bootServers(progress: Progress): Promise<EmulatedInventory> {
  await ensurePackages(emulatorPackages, progress);
  return hostsUp({ cache: cacheDir(), progress, inventoryFile });
}

export const stopServers = (progress: Progress) => hostsDown({ cache: cacheDir(), progress, inventoryFile });

export const serverStatus = () => hostsStatus({ cache: cacheDir() });

export const areUp = (servers: readonly ServerStatus[]) => servers.every(({ status }) => status === "up");

/**
 * Runs `body` with both servers up, and leaves them as they were: up when they were up, else down, also when `body`
 * fails. The caller has them to itself (`withServersLocked`).
 * @param body is told whether the servers are new (they begin with empty disks, so no stack has anything on them), and what
 *   they are
 */
export async function withServersUp<T>(
  { progress, keep = false }: { progress: Progress; keep?: boolean },
  body: (servers: { areNew: boolean; fidelity: EmulatedInventory["fidelity"] }) => Promise<T>,
): Promise<T> {
  const before = await serverStatus();
  if (areUp(before)) {
    const { fidelity } = await bootServers(progress);
    return body({ areNew: false, fidelity });
  }
  // One that has died beside one that runs: what a stack believes of the two is half true at best.
  if (before.some(({ status }) => status !== "down")) await stopServers(progress);
  try {
    const { fidelity } = await progress.step("booting two servers", () => bootServers(progress));
    return await body({ areNew: true, fidelity });
  } finally {
    if (!keep) await stopServers(progress);
  }
}

/** Whether the inventory tells of the servers as they have booted last. */
function isCurrent(servers: readonly ServerStatus[]): boolean {
  if (!existsSync(inventoryFile)) return false;
  const { hosts } = JSON.parse(readFileSync(inventoryFile, "utf8")) as EmulatedInventory;
  return servers.every(({ name, generation }) => hosts[name].generation === generation);
}

/** @throws LabError (exit code 2) which says how to boot the emulated servers, unless they are up and known here */
export async function requireServers(stack: string): Promise<void> {
  const servers = await serverStatus();
  if (areUp(servers) && isCurrent(servers)) return;
  const state = areUp(servers)
    ? "have been booted for another checkout, or anew"
    : `are not up (${servers.map(({ name, status }) => `${name}: ${status}`).join(", ")})`;
  throw new LabError(`stack ${stack} is for the emulated servers, and these ${state}; run ./lab hosts up`, {
    exitCode: 2,
  });
}
