import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../../lib/canonical.ts";
import { publishFolder } from "../../lib/publish.ts";
import type { QemuRuntime } from "../images/qemu.ts";
import { compilePlugin, sourceKey } from "./build.ts";
import { checkPlugin } from "./check.ts";

/** The plugin for a QEMU, or why there is none. */
export type Plugin = { file: string; missing?: undefined } | { file?: undefined; missing: string };

const fileName = "virtual-time.so";

/** The name of the folder with the plugin, beside that of the QEMU it belongs to. */
export const pluginFolder = (qemuKey: string) => `virtual-time-${sha256(sourceKey() + qemuKey).slice(0, 16)}`;

class Unusable extends Error {}

/**
 * Gives the plugin for the QEMU of the images in `parent`; compiles it, and has that QEMU check it, when it is not there.
 * A machine where that cannot be done has no plugin: that is no error, and is tried again next time.
 */
export async function ensurePlugin(parent: string, qemu: QemuRuntime, qemuKey: string): Promise<Plugin> {
  const folder = join(parent, pluginFolder(qemuKey));
  if (!existsSync(folder)) {
    try {
      await mkdir(parent, { recursive: true });
      await publishFolder(folder, async (fresh) => {
        const file = join(fresh, fileName);
        const missing = (await compilePlugin(file)) ?? (await checkPlugin(qemu, file));
        if (missing) throw new Unusable(missing);
      });
    } catch (error) {
      if (error instanceof Unusable) return { missing: error.message };
      throw error;
    }
  }
  return { file: join(folder, fileName) };
}
