import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, realpath, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LabError } from "../../lib/errors.ts";
import { runTool } from "../machine.ts";

const libraryFolder = "usr/lib/x86_64-linux-gnu";
const loaderName = "ld-linux-x86-64.so.2";

/** Runs a program of the tree on this machine, by the tree's own loader and libraries; gives its stdout. */
export async function runTreeProgram(tree: string, program: string, args: string[]): Promise<string> {
  const libraries = join(tree, libraryFolder);
  return runTool(join(libraries, loaderName), ["--library-path", libraries, join(tree, program), ...args]);
}

/**
 * The shared libraries a program of the tree loads, by the name it asks for, each with its file in the tree. The
 * tree's own loader is asked, so it does not matter what this machine has.
 */
export async function librariesOf(tree: string, program: string): Promise<Map<string, string>> {
  const libraries = join(tree, libraryFolder);
  const listed = await runTool(join(libraries, loaderName), [
    ...["--library-path", libraries],
    ...["--list", join(tree, program)],
  ]);
  const found = new Map<string, string>();
  for (const line of listed.split("\n")) {
    const [, name, path] = /^\s*(\S+) => (.+?)(?: \(0x[0-9a-f]+\))?$/.exec(line) ?? [];
    if (!name || !path) continue;
    if (!path.startsWith(tree)) throw new LabError(`${program} needs ${name}, which the Debian tree has not (${path})`);
    found.set(basename(name), path);
  }
  return found;
}

/** Copies programs of the tree to `<root>/bin`, with their libraries and the loader where the loader looks for them. */
export async function copyPrograms(tree: string, programs: string[], root: string): Promise<void> {
  await mkdir(join(root, "bin"), { recursive: true });
  await mkdir(join(root, "lib64"), { recursive: true });
  await mkdir(join(root, libraryFolder), { recursive: true });
  await copyFile(join(tree, libraryFolder, loaderName), join(root, "lib64", loaderName));
  for (const program of programs) {
    await copyFile(join(tree, program), join(root, "bin", basename(program)));
    for (const [name, path] of await librariesOf(tree, program))
      if (name !== loaderName) await copyFile(await realpath(path), join(root, libraryFolder, name));
  }
}

/** The release of the tree's kernel, e.g. "6.12.117+deb13-amd64". */
export async function kernelRelease(tree: string): Promise<string> {
  const [release, ...others] = await readdir(join(tree, "usr/lib/modules"));
  if (!release || others.length > 0)
    throw new LabError(`the Debian tree should hold one kernel: ${[release, ...others]}`);
  return release;
}

/** The lines of `modules.dep`: each module's file with those it needs, in the order they must be loaded. */
export function parseModulesDep(text: string): Map<string, string[]> {
  const order = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [file, needs] = line.split(":");
    if (!file || needs === undefined) continue;
    // modules.dep(5) lists what is needed first last.
    const files = [...needs.split(" ").filter(Boolean).reverse(), file];
    order.set(moduleName(file), files);
  }
  return order;
}

/** A module's name as the kernel has it: "vfio-pci.ko.xz" is vfio_pci. */
export const moduleName = (file: string) =>
  basename(file)
    .replace(/\.ko(\.\w+)?$/, "")
    .replaceAll("-", "_");

/**
 * Puts kernel modules with all they need into `<root>/modules`, uncompressed, and for each asked one a file
 * `<root>/modules/<name>.order` which lists what to load, so that an init needs no more than a loop of insmod.
 */
export async function copyModules(tree: string, names: string[], root: string): Promise<void> {
  const folder = join(tree, "usr/lib/modules", await kernelRelease(tree));
  const dependencies = parseModulesDep(await readFile(join(folder, "modules.dep"), "utf8"));
  await mkdir(join(root, "modules"), { recursive: true });
  for (const name of names) {
    const files = dependencies.get(name);
    if (!files) throw new LabError(`the kernel of the Debian tree has no module ${name}`);
    for (const file of files) {
      const target = join(root, "modules", `${moduleName(file)}.ko`);
      if (existsSync(target)) continue;
      await copyFile(join(folder, file), `${target}.xz`);
      await runTool("xz", ["--decompress", `${target}.xz`]);
    }
    await writeFile(join(root, "modules", `${name}.order`), `${files.map(moduleName).join(" ")}\n`);
  }
}

/** The lines of `modules.alias` (modprobe.d(5)) that say which PCI devices these modules drive: "PATTERN MODULE". */
export function pciAliases(text: string, modules: readonly string[]): string[] {
  return text.split("\n").flatMap((line) => {
    const [, pattern, module] = /^alias (pci:\S+) (\S+)$/.exec(line) ?? [];
    return pattern && module && modules.includes(moduleName(module)) ? [`${pattern} ${moduleName(module)}`] : [];
  });
}

/** Puts busybox of the tree into `<root>/bin` with a link for each of its commands that `<root>/bin` has not. */
export async function copyBusybox(tree: string, root: string): Promise<string[]> {
  const busybox = join(root, "bin/busybox");
  await mkdir(dirname(busybox), { recursive: true });
  await copyFile(join(tree, "usr/bin/busybox"), busybox);
  const commands = (await runTool(busybox, ["--list"])).split("\n").filter(Boolean);
  return commands.filter((command) => !existsSync(join(root, "bin", command)));
}
