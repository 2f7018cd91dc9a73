import { globSync } from "node:fs";

const kept = (folder: string) => folder !== "node_modules" && folder !== ".lab" && folder !== "results";

/** Every shell script of a checkout, relative to it: each *.sh, the bootstrap, and what continuous integration calls. */
const shellScripts = (checkout: string): string[] =>
  ["lab", ".ci/run", ...globSync("*/**/*.sh", { cwd: checkout, exclude: (name) => !kept(name) })].sort();

/** Words for shellcheck(1): the scripts are for any POSIX shell, and those that are parts of others are read with them. */
export const shellcheckArguments = (checkout: string): string[] => [
  ...["--shell=sh", "--external-sources", "--source-path=SCRIPTDIR"],
  ...shellScripts(checkout),
];
