import { readdirSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson, sha256 } from "../../lib/canonical.ts";

/**
 * A hash of what a look at the files of a folder tells without reading them.
 * @param look what is told of one, beside its name; undefined where it is left out
 * @throws Error of the file system
 */
export function filesState(folder: string, look: (path: string) => readonly unknown[] | undefined): string {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .flatMap((name) => {
      const told = look(join(folder, name));
      return told === undefined ? [] : [[name, ...told]];
    });
  return sha256(canonicalJson(files));
}
