import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { processIdentitySchema } from "../../lib/process-identity.ts";
import { publishFile } from "../../lib/publish.ts";
import type { Role } from "../../lib/roles.ts";
import { settingsSchema } from "./settings.ts";

const stateSchema = z.object({
  process: processIdentitySchema,
  generation: z.string(),
  settings: settingsSchema,
  port: z.int(),
  pinnedCore: z.int().nullable(),
  /** Key of the server image it was booted from. */
  imageKey: z.string(),
  startedAt: z.string(),
  /** Whether it has answered over ssh and libvirt since it was booted. */
  ready: z.boolean(),
});

/** What is recorded of a server that was started. */
export type ServerState = z.infer<typeof stateSchema>;

/** Folder of what running servers need; `<folder>/<name>` belongs to one server and goes with it. */
export const serversFolder = (cache: string) => join(cache, "servers");

const fileOf = (cache: string, name: Role) => join(serversFolder(cache), name, "state.json");

/** The record of a server, or undefined when none was started. */
export async function readState(cache: string, name: Role): Promise<ServerState | undefined> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(fileOf(cache, name), "utf8")));
  } catch {
    return undefined;
  }
}

export async function writeState(cache: string, name: Role, state: ServerState): Promise<void> {
  await publishFile(fileOf(cache, name), `${JSON.stringify(state, null, 2)}\n`);
}

/** Forgets a server: its record, sockets and logs. */
export async function removeState(cache: string, name: Role): Promise<void> {
  await rm(join(serversFolder(cache), name), { recursive: true, force: true });
}
