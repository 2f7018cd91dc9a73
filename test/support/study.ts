import { globSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { checkout } from "../../lib/paths.ts";
import { temporaryFolder } from "./report.ts";

/** The runs of the study in virtual time, unpacked: a results directory. */
export async function unpackedStudy(): Promise<ReturnType<typeof temporaryFolder>> {
  const folder = temporaryFolder();
  for (const archive of globSync(join(checkout, "test/data/study/*.tar.xz")).sort())
    await execa("tar", ["--extract", "--xz", "--file", archive, "--directory", folder.path]);
  return folder;
}
