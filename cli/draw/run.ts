import { existsSync } from "node:fs";
import { extname, resolve } from "node:path";
import { refuse, resolveConfig } from "../../infra/config/load.ts";
import { LabError } from "../../lib/errors.ts";
import { publishFile } from "../../lib/publish.ts";
import { sizeOf } from "../../report/draw/column-width.ts";
import { pngOf } from "../../report/draw/pictures.ts";
import { pdfOf } from "../../report/draw/printed.ts";
import { pictureOf } from "../../report/testbed/layout.ts";
import { svgOfTestbed } from "../../report/testbed/svg.ts";
import { testbedOfStack } from "../../report/testbed/testbed.ts";
import { factorProblems } from "../../study/factors.ts";
import { requireStackConfig } from "../stack/config.ts";

/** A picture as a file has it, by the end of its name. */
const kinds: Readonly<Record<string, (svg: string) => Promise<string | Uint8Array>>> = {
  ".svg": async (svg) => svg,
  ".png": async (svg) => pngOf(svg),
  ".pdf": (svg) => pdfOf({ svg, ...sizeOf(svg) }, "Testbed"),
};

/**
 * The testbed of a stack's configuration as SVG. No server is asked. A hosts file that is not there yet leaves ports without names and VFs
 * without numbers.
 * @throws LabError (exit code 2) that says what is wrong in the configuration, or what its servers cannot carry
 */
export function drawnStack(stack: string, checkout: string): string {
  const { hosts, ...config } = requireStackConfig(checkout, stack);
  const isDescribed = typeof hosts !== "string" || existsSync(resolve(checkout, hosts));
  if (!isDescribed) refuse(factorProblems(config), "the stack");
  const inventory = isDescribed ? resolveConfig({ hosts, ...config }, checkout).inventory : null;
  return svgOfTestbed(pictureOf(testbedOfStack(stack, config, inventory))).text;
}

/** Writes an SVG, or what the end of the file's name asks for. @throws LabError (exit code 2) for any other end */
export async function writePicture(svg: string, file: string): Promise<void> {
  const kind = kinds[extname(file)];
  if (kind === undefined)
    throw new LabError(
      `--output ${file}: no such kind of picture; allowed: a name that ends in ${Object.keys(kinds).join(", ")}`,
      {
        exitCode: 2,
      },
    );
  await publishFile(resolve(file), await kind(svg));
}
