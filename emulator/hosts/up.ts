import { existsSync, realpathSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson } from "../../lib/canonical.ts";
import { waitingFor, withLock } from "../../lib/lock.ts";
import { isRunning } from "../../lib/process-identity.ts";
import type { Progress } from "../../lib/progress.ts";
import { publishFile } from "../../lib/publish.ts";
import { type Role, roles } from "../../lib/roles.ts";
import { ensureImages, type Images } from "../images/ensure.ts";
import { checkPlugin } from "../virtual-time/check.ts";
import { withAccelerator } from "./accelerator.ts";
import { allowedCores, assignCores } from "./cores.ts";
import { type EmulatedInventory, inventoryOf } from "./inventory.ts";
import { ensureKeys, type Keys, knownHostsText } from "./keys.ts";
import { endProcess, findProcesses } from "./process.ts";
import { verifyServer, waitForConsole } from "./ready.ts";
import { readSettings, type Settings } from "./settings.ts";
import { libvirtCacheFile, startServer } from "./start.ts";
import { readState, type ServerState, serversFolder, writeState } from "./state.ts";

export interface HostsOptions {
  cache: string;
  progress: Progress;
  /** Settings that differ from those of the environment and the defaults. */
  settings?: Partial<Settings>;
  /** Where to write the inventory; `hostsDown` removes it. */
  inventoryFile?: string;
}

/** Runs `body` while nobody else starts or stops the servers. */
export function withPairLocked<T>(options: HostsOptions, body: () => Promise<T>): Promise<T> {
  const what = "the emulated servers";
  const onWait = (holder: Parameters<typeof waitingFor>[1]) => options.progress.say(waitingFor(what, holder));
  return withLock(`servers ${serversFolder(options.cache)}`, { what, onWait }, body);
}

/** Ends processes of a server that no record tells of: left by a start that was killed before it could write one. */
export async function endStrays(cache: string, name: Role): Promise<void> {
  if (!existsSync(serversFolder(cache))) return;
  for (const stray of findProcesses(realpathSync(serversFolder(cache)), ["-name", `lab-${name}`]))
    await endProcess(stray);
}

/**
 * The settings and images that a server starts with. Without a plugin that fits, servers run all the same, in wall time
 * and without its cure, and that is said.
 */
async function startable(
  { progress }: HostsOptions,
  settings: Settings,
  images: Images,
): Promise<{ settings: Settings; images: Images }> {
  const { plugin, qemu } = images;
  if (settings.accelerator === "kvm" || (settings.time === "wall" && settings.cure === "off"))
    return { settings, images: { ...images, plugin: { missing: "not asked for" } } };
  const missing = plugin.file ? await checkPlugin(qemu, plugin.file) : plugin.missing;
  if (missing === undefined) return { settings, images };
  const instead =
    settings.time === "virtual" ? "the servers run in wall time" : "servers run without its cure of nested guests";
  progress.say(`no plugin for QEMU (emulator/virtual-time): ${missing}; ${instead}`);
  return { settings: { ...settings, time: "wall" }, images: { ...images, plugin: { missing } } };
}

async function runningOrStarted(
  options: HostsOptions,
  name: Role,
  settings: Settings,
  images: Images,
  keys: Keys,
): Promise<ServerState> {
  const { cache, progress } = options;
  const state = await readState(cache, name);
  if (state && isRunning(state.process)) {
    if (state.imageKey !== images.server.key || canonicalJson(state.settings) !== canonicalJson(settings))
      progress.say(
        `${name}: runs with an earlier image or other settings and is left so; hosts down, then up, renews it`,
      );
    return state;
  }
  if (state) progress.say(`${name}: had died (process ${state.process.pid}); it is started again`);
  await endStrays(cache, name);
  const core = assignCores(allowedCores())[name];
  return startServer({ cache, name, keys, core, ...(await startable(options, settings, images)) });
}

/**
 * Makes sure that both emulated servers run and answer, and gives their inventory; builds images and makes keys when
 * there are none. On servers that run it returns at once.
 * @throws LabError: bad settings, a port in use, a server that does not come up in `bootTimeoutS`.
 */
export async function hostsUp(options: HostsOptions): Promise<EmulatedInventory> {
  const { cache, progress } = options;
  const asked = readSettings(options.settings);
  const images = await ensureImages({ cache, progress });
  const settings = await withAccelerator(asked, images.qemu);
  return withPairLocked(options, async () => {
    await mkdir(serversFolder(cache), { recursive: true });
    const keys = await ensureKeys(cache);
    const states: Record<Role, ServerState> = {
      sender: await runningOrStarted(options, "sender", settings, images, keys),
      responder: await runningOrStarted(options, "responder", settings, images, keys),
    };
    const inventory = inventoryOf(serversFolder(cache), keys, states);
    await publishFile(join(serversFolder(cache), "known_hosts"), knownHostsText(Object.values(inventory.hosts)));
    const deadline = Date.now() + settings.bootTimeoutS * 1000;
    await Promise.all(
      roles
        .filter((name) => !states[name].ready)
        .map((name) =>
          progress.step(`${name}: boot`, async () => {
            await waitForConsole(cache, name, states[name], deadline);
            await verifyServer(name, inventory.hosts[name], libvirtCacheFile(cache, images), deadline);
            await writeState(cache, name, { ...states[name], ready: true });
          }),
        ),
    );
    if (options.inventoryFile) await publishFile(options.inventoryFile, `${JSON.stringify(inventory, null, 2)}\n`);
    return inventory;
  });
}
