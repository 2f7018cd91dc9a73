import { chmodSync, existsSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const others = 0o077;

/** Takes from others what they may do with a file or a folder and all in it; links are left, and what is not ours. */
function closeToOthers(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.isSymbolicLink() || stat.uid !== process.getuid?.()) return;
  if ((stat.mode & others) !== 0) chmodSync(path, stat.mode & 0o7777 & ~others);
  if (stat.isDirectory()) for (const name of readdirSync(path)) closeToOthers(join(path, name));
}

/** The folder in which Pulumi keeps the stacks of a file backend; undefined for any other backend. */
export function stateFolder(backendUrl: string): string | undefined {
  // Pulumi takes file://~ and relative paths too, which are no URLs of files; those are left to the user.
  if (!backendUrl.startsWith("file:///")) return undefined;
  try {
    return join(fileURLToPath(backendUrl.replace(/[?#].*$/, "")), ".pulumi");
  } catch {
    return undefined; // no URL; Pulumi will say so
  }
}

/**
 * Keeps the state of a file backend to this user: folders 0700, files 0600. Pulumi writes them for everybody to read, and
 * its secrets are as safe as its passphrase, which is empty by default.
 */
export function protectState(backendUrl: string): void {
  const folder = stateFolder(backendUrl);
  if (folder !== undefined && existsSync(folder)) closeToOthers(folder);
}
