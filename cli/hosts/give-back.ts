import { resolve } from "node:path";
import { readInventory } from "../../infra/config/load.ts";
import { releaseHost, restoreHost } from "../../infra/host/give-back.ts";
import { checkout } from "../../lib/paths.ts";
import { progress } from "../progress.ts";

export interface GiveBackOptions {
  /** The file that describes the servers, relative to the checkout. */
  hosts: string;
  force?: boolean;
}

/** Takes a server from the stack that has it, or says which one has. */
export async function releaseServer(name: string, { hosts, force = false }: GiveBackOptions): Promise<void> {
  const holder = await releaseHost(readInventory(resolve(checkout, hosts)), name, force);
  progress.say(holder ? `${name}: taken from ${holder}` : `${name}: no stack has it`);
}

/** Puts a server back as it was, and prints what was done. */
export async function restoreServer(name: string, { hosts, force = false }: GiveBackOptions): Promise<void> {
  process.stdout.write(`${await restoreHost(readInventory(resolve(checkout, hosts)), name, force)}\n`);
}
