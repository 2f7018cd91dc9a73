import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { sha256 } from "../../lib/canonical.ts";

const sourceFolder = join(import.meta.dirname, "plugin");

/** The plugin's C sources by name, in one order on every machine. */
function sources(): { name: string; text: string }[] {
  const names = readdirSync(sourceFolder).filter((name) => /\.[ch]$/.test(name));
  return names.sort().map((name) => ({ name, text: readFileSync(join(sourceFolder, name), "utf8") }));
}

const options = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", "-fvisibility=hidden", "-pthread"];

/** The hash of all that the plugin is compiled from, 64 hexadecimal digits. */
export const sourceKey = () => sha256(JSON.stringify([options, sources()]));

/**
 * Compiles the plugin with this machine's C compiler (`CC`, or cc).
 * @returns why that failed, or undefined
 */
export async function compilePlugin(file: string, env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const compiler = env.CC || "cc";
  // Two servers whose plugins were built from different sources do not share memory.
  const build = `-DVIRTUAL_TIME_BUILD=0x${sourceKey().slice(0, 8)}`;
  const files = sources().flatMap(({ name }) => (name.endsWith(".c") ? [join(sourceFolder, name)] : []));
  const result = await execa(compiler, [...options, build, "-o", file, ...files], { reject: false, all: true, env });
  if (!result.failed) return undefined;
  if (result.code === "ENOENT") return `there is no C compiler (${compiler})`;
  return `${compiler} failed: ${(result.all ?? "").trim().split("\n")[0] || result.shortMessage}`;
}
