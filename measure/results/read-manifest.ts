import { z } from "zod";
import { type Manifest, manifestSchema } from "./manifest.ts";
import { fromSchema1 } from "./schema-1.ts";

const versionSchema = z.looseObject({ schemaVersion: z.int() });

/** Reads a manifest of any schema that there was, in today's shape. @throws when it is none */
export function readManifest(text: string): Manifest {
  const manifest = versionSchema.parse(JSON.parse(text));
  return manifest.schemaVersion === 1 ? fromSchema1(manifest) : manifestSchema.parse(manifest);
}
