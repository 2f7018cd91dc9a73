import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

// Numbers that a new thing has by itself, and how much has been asked of the made-up kernel.
const itsOwn = (name: string, path: string) =>
  ["ifindex", "number"].includes(name) || /^kernel\/(index|step|group|trash|busy|dies|namespace|pids)/.test(path);

function* linesOf(root: string, path: string): Generator<string> {
  const folder = join(root, path);
  for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
    const below = `${path}/${name}`;
    const file = join(root, below);
    const kind = lstatSync(file);
    if (itsOwn(name, below)) continue;
    if (kind.isSymbolicLink()) yield `${below} -> ${readlinkSync(file).replace(/.*\/(?=[^/]+$)/, "")}`;
    else if (kind.isDirectory()) {
      yield `${below}/`;
      yield* linesOf(root, below);
    } else yield `${below}: ${readFileSync(file, "utf8").trim()}`;
  }
}

const tops = ["sys/devices", "sys/class/net", "kernel", "domains", "run/sriov-rtt", "var/lib/sriov-rtt", "run/netns"];

/**
 * All that somebody on a made-up server could find changed, a line each: interfaces with their addresses, flags and masters, VFs
 * with drivers, names and settings, bridges, and what is in the folders of the testbed.
 */
export const dumpOf = (root: string): string[] => tops.flatMap((top) => [...linesOf(root, top)]);
