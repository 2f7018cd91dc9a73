import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import type { Progress } from "../../lib/progress.ts";
import { type Assembly, assembled, type Binaries } from "./assemble.ts";
import { built } from "./build.ts";
import { moduleKey, modules } from "./modules.ts";
import { engineOnPath, ensureOfficialPlugins } from "./official.ts";
import { fetchedRelease, pulumiReleases, type ReleaseHosts, unpackedRelease } from "./release.ts";

/** A Pulumi engine that can be used. */
export interface Engine {
  /** "path": found on PATH; "release": an official release that was fetched; "built": from Go modules, with our two plugins. */
  source: "path" | "release" | "built";
  /** What plain `pulumi` needs in its environment, PATH included. The backend and its passphrase are the caller's. */
  env: Record<string, string>;
  /** The folders that come before the user's PATH. */
  binDirs: string[];
}

function engine(source: Engine["source"], bin: string, env: Record<string, string> = {}): Engine {
  // The official language host starts the node of PATH, which has to be one that runs TypeScript.
  const binDirs = [bin, dirname(process.execPath)];
  const rest = (process.env.PATH ?? "").split(delimiter).filter((folder) => !binDirs.includes(folder));
  return {
    source,
    binDirs,
    env: { PATH: [...binDirs, ...rest].join(delimiter), PULUMI_SKIP_UPDATE_CHECK: "true", ...env },
  };
}

const builtEngine = ({ bin, home }: Assembly) =>
  // What is not in this home cannot be downloaded: a clear error at once is better than one after a time limit.
  engine("built", bin, { PULUMI_HOME: home, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" });

/**
 * Makes sure that there is a Pulumi engine of the pinned version with the plugins the project needs: the one on PATH,
 * else the official release, else the same engine built from pinned Go modules. What is there is used before anything is
 * fetched, so that a second call costs next to nothing.
 * @param options.releases where the official release is
 * @throws LabError when it can neither be found nor downloaded nor built, and when what was downloaded is not the release
 */
export async function ensureEngine(options: {
  cache: string;
  progress: Progress;
  releases?: ReleaseHosts;
}): Promise<Engine> {
  const { progress } = options;
  const folder = join(options.cache, "engine");
  const found = await engineOnPath(folder, progress);
  if (found && (await ensureOfficialPlugins(found, progress))) return engine("path", found);
  const installed = unpackedRelease(folder);
  if (installed && (await ensureOfficialPlugins(installed, progress))) return engine("release", installed);
  const all = modules();
  if (!installed && !all.every((module) => existsSync(join(folder, moduleKey(module), module.binary)))) {
    await mkdir(folder, { recursive: true });
    const fresh = await fetchedRelease(folder, options.releases ?? pulumiReleases, progress);
    if (fresh && (await ensureOfficialPlugins(fresh, progress))) return engine("release", fresh);
  }
  const paths: string[] = [];
  for (const module of all) paths.push(await built(module, folder, progress));
  const [pulumi = "", bridge = "", libvirtProvider = ""] = paths;
  const binaries: Binaries = { pulumi, bridge, libvirtProvider };
  return builtEngine(await assembled(binaries, folder));
}
