import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../../lib/errors.ts";
import type { Progress } from "../../lib/progress.ts";
import { pluginVersions, sdkVersion } from "./versions.ts";

const run = promisify(execFile);

const languageHost = "pulumi-language-nodejs";

const isExecutable = (path: string) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The folders of PATH that hold an executable, but for those below `except`. */
function foldersWith(name: string, except: string): string[] {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.filter((folder) => !folder.startsWith(except) && isExecutable(join(folder, name)));
}

/**
 * The folder of a `pulumi` of the pinned version on PATH with a Node.js language host, or undefined. One that is there
 * and cannot be used is named, so that nobody wonders.
 * @param own folder of engines that were put there by this project, which do not count
 */
export async function engineOnPath(own: string, progress: Progress): Promise<string | undefined> {
  const [folder] = foldersWith("pulumi", own);
  if (!folder) return undefined;
  const pulumi = join(folder, "pulumi");
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const version = await run(pulumi, ["version"], { env, timeout: 20_000 }).then(
    ({ stdout }) => stdout.trim(),
    (error) => `unusable: ${messageOf(error)}`,
  );
  if (version !== `v${sdkVersion()}`) {
    progress.say(`${pulumi} is ${version}, not v${sdkVersion()}: not used`);
    return undefined;
  }
  const host =
    isExecutable(join(dirname(realpathSync(pulumi)), languageHost)) || foldersWith(languageHost, own).length > 0;
  if (!host) progress.say(`${pulumi} comes without ${languageHost}: not used`);
  return host ? folder : undefined;
}

/**
 * Installs the official plugins that are missing.
 * @param bin the folder of `pulumi`
 * @returns whether they are all there
 */
export async function ensureOfficialPlugins(bin: string, progress: Progress): Promise<boolean> {
  const home = process.env.PULUMI_HOME || join(homedir(), ".pulumi");
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, PULUMI_SKIP_UPDATE_CHECK: "true" };
  for (const [name, version] of Object.entries(pluginVersions())) {
    if (existsSync(join(home, "plugins", `resource-${name}-v${version}`))) continue;
    try {
      await progress.step(`installing Pulumi's plugin ${name} ${version}`, () =>
        run(join(bin, "pulumi"), ["plugin", "install", "resource", name, version], { env }),
      );
    } catch (error) {
      progress.say(`the official plugin ${name} ${version} cannot be installed: ${messageOf(error)}`);
      return false;
    }
  }
  return true;
}
