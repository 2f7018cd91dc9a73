import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Manifest, manifestSchema } from "./manifest.ts";
import { manifestFile } from "./run-files.ts";
import { fromSchema1 } from "./schema-1.ts";

const versionSchema = z.looseObject({ schemaVersion: z.int() });

/** Reads a manifest of any schema that there was, in today's shape. @throws when it is none */
export function readManifest(text: string): Manifest {
  const manifest = versionSchema.parse(JSON.parse(text));
  return manifest.schemaVersion === 1 ? fromSchema1(manifest) : manifestSchema.parse(manifest);
}

/** The same; undefined for a text that is none. */
export function manifestOf(text: string): Manifest | undefined {
  try {
    return readManifest(text);
  } catch {
    return undefined;
  }
}

/** The manifest in a run's folder; undefined where there is none that can be read. */
export function manifestIn(folder: string): Manifest | undefined {
  const path = join(folder, manifestFile);
  return existsSync(path) ? manifestOf(readFileSync(path, "utf8")) : undefined;
}
