import { createHash } from "node:crypto";
import { join } from "node:path";
import { build } from "esbuild";

let bundled: Promise<string> | undefined;

/** The page's script with vega in it, in one piece, which an element of HTML can hold; it is bundled once in a process. */
export const bundleScript = (): Promise<string> => {
  bundled ??= bundle();
  return bundled;
};

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "browser", "main.ts")],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    legalComments: "none",
    logLevel: "silent",
  });
  // Within texts and patterns of a script "<\/" means the same, and does not end the element.
  return (outputFiles[0]?.text ?? "").replaceAll(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "<\\!--");
}

/** What a policy allows a script by. */
export const hashOf = (script: string): string => `'sha256-${createHash("sha256").update(script).digest("base64")}'`;
