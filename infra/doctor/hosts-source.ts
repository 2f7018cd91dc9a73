import type { Role } from "../../lib/roles.ts";

/** Where the servers are described: a file, or the configuration of a stack itself. */
export type HostsSource =
  /** `words` are those of `./lab doctor` that name the file, e.g. "--hosts servers.json". */
  { file: string; words: string } | { stack: string };

/** "pfs.0.vfs" as pulumi's path "pfs[0].vfs". */
const asPulumiPath = (key: string) => key.replace(/\.(\d+)(?=\.|$)/g, "[$1]");

/** How a key of a host is set. @param key below the host, e.g. "pfs.0.vfs" */
export function setCommand(source: HostsSource, role: Role, key: string, value: string | number): string {
  return "file" in source
    ? `set hosts.${role}.${key} to ${JSON.stringify(value)} in ${source.file}`
    : `./lab pulumi config set --path 'hosts.hosts.${role}.${asPulumiPath(key)}' ${value} --stack ${source.stack}`;
}

/** How a key of the hosts is changed. @param key in full, e.g. "hosts.sender.pfs.0.vfs" */
export const changeCommand = (source: HostsSource, key: string) =>
  "file" in source
    ? `change ${key} in ${source.file}`
    : `./lab pulumi config set --path 'hosts.${asPulumiPath(key)}' VALUE --stack ${source.stack}`;

/** How a key of a host is changed to what no program can know. @param what what to give */
export const giveWords = (role: Role, key: string, what: string) => `as hosts.${role}.${key} give ${what}`;

/** The command that writes what the servers have into their description; undefined where it stands in a stack's own file. */
export function writeCommand(source: HostsSource): string | undefined {
  if (!("file" in source)) return undefined;
  return ["./lab doctor", source.words, "--write"].filter((word) => word !== "").join(" ");
}
