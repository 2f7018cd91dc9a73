import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { withLock } from "../../lib/lock.ts";
import { cacheDir } from "../../lib/paths.ts";

/**
 * Python with some packages of pinned versions, in an environment of its own in the cache, made once for these packages.
 * @returns the interpreter
 */
export async function pythonWith(name: string, requirements: readonly string[]): Promise<string> {
  const home = join(cacheDir(), "python", name);
  const made = join(home, "made");
  const wanted = `${requirements.join("\n")}\n`;
  await withLock(home, { what: home }, async () => {
    if (existsSync(made) && readFileSync(made, "utf8") === wanted) return;
    await rm(home, { recursive: true, force: true });
    await mkdir(home, { recursive: true });
    await execa("python3", ["-m", "venv", home]);
    await execa(join(home, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", ...requirements]);
    await writeFile(made, wanted);
  });
  return join(home, "bin", "python");
}
