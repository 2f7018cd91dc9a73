import { globSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { checkout } from "../../lib/paths.ts";
import { temporaryFolder } from "./report.ts";

/** Runs in virtual time, unpacked: a results directory. @param name of their folder in test/data */
export async function unpackedRuns(
  name: "study" | "first-study" | "network-in-step",
): Promise<ReturnType<typeof temporaryFolder>> {
  const folder = temporaryFolder();
  for (const archive of globSync(join(checkout, "test/data", name, "*.tar.xz")).sort())
    await execa("tar", ["--extract", "--xz", "--file", archive, "--directory", folder.path]);
  return folder;
}
