import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, open, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { LabError } from "../../lib/errors.ts";
import { identify } from "../../lib/process-identity.ts";
import type { Role } from "../../lib/roles.ts";
import type { Images } from "../images/ensure.ts";
import { libvirtCacheName } from "../images/recipe.ts";
import type { Keys } from "./keys.ts";
import { qemuArguments } from "./qemu-arguments.ts";
import { type Settings, settingVariables } from "./settings.ts";
import { removeState, type ServerState, serversFolder, writeState } from "./state.ts";

/** The setting with the port of a server. */
const portKey = (name: Role) => `${name}Port` as const;

/** @throws LabError (exit code 2) when another program listens on the server's port. */
export async function requireFreePort(name: Role, port: number): Promise<void> {
  const probe = createServer();
  probe.listen(port, "127.0.0.1");
  try {
    await once(probe, "listening");
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === "EADDRINUSE" ? "in use by another program" : String(error);
    throw new LabError(
      `${name}: port ${port} on 127.0.0.1 is ${why}; end that program, or choose a free port with ${settingVariables[portKey(name)]}`,
      { exitCode: 2 },
    );
  }
  probe.close();
  await once(probe, "close");
}

/** Where the findings of libvirt about QEMU are kept from boot to boot of a server image. */
export const libvirtCacheFile = (cache: string, images: Images) =>
  join(cache, "images", libvirtCacheName(images.server.key));

export interface StartOptions {
  cache: string;
  name: Role;
  images: Images;
  keys: Keys;
  settings: Settings;
  core: number | null;
}

/** Starts QEMU of one server, which goes on when this process ends, and records it. It has not booted yet. */
export async function startServer(options: StartOptions): Promise<ServerState> {
  const { cache, name, images, keys, settings, core } = options;
  const port = settings[portKey(name)];
  await requireFreePort(name, port);
  await removeState(cache, name);
  // QEMU runs in this folder and is given relative paths, because a socket's path holds no more than 107 bytes.
  const servers = serversFolder(cache);
  const serverFolder = join(servers, name);
  await mkdir(serverFolder, { recursive: true, mode: 0o700 });
  const authorizedKeyFile = join(serverFolder, "authorized_keys");
  await writeFile(authorizedKeyFile, `${keys.client}\n`);
  const generation = randomBytes(16).toString("hex");
  const arguments_ = qemuArguments({
    ...{ name, port, settings, image: images.server, generation },
    ...{ hostKeyFile: keys.hostFiles[name], authorizedKeyFile },
    libvirtCacheFile: existsSync(libvirtCacheFile(cache, images)) ? libvirtCacheFile(cache, images) : undefined,
    pluginFile: images.plugin.file,
  });
  const command = [images.qemu.command, ...images.qemu.args, ...arguments_];
  const [file = "", ...args] = core === null ? command : ["taskset", "--cpu-list", String(core), ...command];
  const log = await open(join(serverFolder, "qemu.log"), "w");
  try {
    const child = spawn(file, args, {
      cwd: servers,
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      env: { PATH: process.env.PATH, TMPDIR: serverFolder, ...images.qemu.env },
    });
    await once(child, "spawn");
    child.unref();
    const process_ = identify(child.pid ?? 0);
    if (!process_) throw new LabError(`${name}: QEMU ended at once; see ${join(serverFolder, "qemu.log")}`);
    const state: ServerState = {
      ...{ process: process_, generation, settings, port, pinnedCore: core, imageKey: images.server.key },
      ...{ startedAt: new Date().toISOString(), ready: false },
    };
    await writeState(cache, name, state);
    return state;
  } finally {
    await log.close();
  }
}
