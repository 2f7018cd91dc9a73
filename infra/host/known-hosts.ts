import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../lib/canonical.ts";
import { labDir } from "../../lib/paths.ts";
import type { Host } from "../config/hosts.ts";

/** A server's line of known_hosts(5). */
export const knownHostsLine = ({ address, port, hostKey }: Host) =>
  `${port === 22 ? address : `[${address}]:${port}`} ${hostKey}\n`;

/**
 * A known_hosts file that holds this server's key and nothing else, for programs that take the key as a file. Its name
 * is the hash of its content, so it is never changed and never wrong.
 */
export function knownHostsFile(host: Host): string {
  const line = knownHostsLine(host);
  const folder = join(labDir, "known-hosts");
  const file = join(folder, sha256(line).slice(0, 16));
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, line);
  return file;
}
