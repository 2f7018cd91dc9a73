import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { canonicalJson, sha256 } from "../../lib/canonical.ts";
import { temporaryBeside } from "../../lib/publish.ts";
import { targetSchema } from "../../lib/ssh/target.ts";

const rememberedSchema = z.object({ name: z.string(), target: targetSchema });
type Remembered = z.infer<typeof rememberedSchema>;

/**
 * Writes down how a server is reached, with the names of key files and no keys. `destroy` and `refresh` do not run the
 * program, so nothing else would tell where the servers of a deployment are, above all once its configuration has changed.
 */
export function rememberTarget(folder: string, remembered: Remembered): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const text = canonicalJson(remembered);
  const file = join(folder, `${sha256(canonicalJson(remembered.target)).slice(0, 16)}.json`);
  const temporary = temporaryBeside(file);
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, file);
}

/** All servers that have been written down; a file that another version of this project wrote is left out. */
export function rememberedTargets(folder: string): Remembered[] {
  let files: string[] = [];
  try {
    files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  } catch {
    return [];
  }
  return files.flatMap((file) => {
    try {
      return [rememberedSchema.parse(JSON.parse(readFileSync(join(folder, file), "utf8")))];
    } catch {
      return [];
    }
  });
}
