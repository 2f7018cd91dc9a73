import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { waitingFor, withLock } from "../../lib/lock.ts";
import type { Progress } from "../../lib/progress.ts";
import { publishFolder } from "../../lib/publish.ts";
import { requireRoot } from "../machine.ts";
import { ensurePlugin, type Plugin, pluginFolder } from "../virtual-time/plugin.ts";
import { buildGuest } from "./guest.ts";
import { markUsed, pruneImages } from "./prune.ts";
import { buildQemu, type QemuRuntime, qemuRuntime } from "./qemu.ts";
import { type ImageName, imageKeys, libvirtCacheName } from "./recipe.ts";
import { buildServer, serverFiles } from "./server.ts";
import { buildGuestTree, buildServerTree, treeFile, unpackTree } from "./tree.ts";

/** Where the images are, all absolute paths. */
export interface Images {
  /** QEMU that emulates the servers. */
  qemu: QemuRuntime;
  /** The plugin for that QEMU, or why this machine could not build one; servers run without it. */
  plugin: Plugin;
  server: { key: string; root: string; kernel: string; initrd: string };
  /** Folder with `manifest.json` (see `BuiltGuestManifest`) and the files it names. */
  guest: string;
}

type Tree = "tree" | "guest-tree";
type Built = Exclude<ImageName, Tree>;
type Build = (folder: string) => Promise<void>;
/** From an unpacked tree into a folder; the guest image is there already. */
type BuildFrom = (tree: string, folder: string, guest: string) => Promise<void>;

const trees: Record<Tree, { label: string; build: Build; needsRoot: boolean }> = {
  tree: { label: "images: Debian packages of the servers", build: buildServerTree, needsRoot: true },
  "guest-tree": { label: "images: Debian packages of the guests", build: buildGuestTree, needsRoot: false },
};

const parts: Record<Built, { label: string; tree: Tree; build: BuildFrom }> = {
  guest: { label: "images: guest", tree: "guest-tree", build: buildGuest },
  qemu: { label: "images: QEMU", tree: "tree", build: buildQemu },
  server: { label: "images: server", tree: "tree", build: buildServer },
};

// In this order: the server's builder turns the tree into the server's, and puts the guest image into it, so it comes last.
const all = ["guest", "qemu", "server"] as const satisfies Built[];

/** Removes what a build that was killed left; nobody builds while the caller holds the lock. */
async function removeStale(parent: string): Promise<void> {
  for (const name of await readdir(parent))
    if (name.startsWith(".tree-") || /^(tree|guest-tree|qemu|guest|server)-.*\.tmp-/.test(name))
      await rm(join(parent, name), { recursive: true });
}

async function withTree(parent: string, archive: string, body: (tree: string) => Promise<void>): Promise<void> {
  const tree = await mkdtemp(join(parent, ".tree-"));
  try {
    await unpackTree(archive, tree);
    await body(tree);
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

export interface EnsureOptions {
  cache: string;
  progress: Progress;
}

const imageFolders = (cache: string) => {
  const keys = imageKeys();
  const nameOf = (name: ImageName) => `${name}-${keys[name]}`;
  return { keys, nameOf, folderOf: (name: ImageName) => join(cache, "images", nameOf(name)) };
};

/** Builds what is missing of one tree's images; the caller holds the lock. */
async function buildFrom(tree: Tree, names: readonly Built[], { cache, progress }: EnsureOptions): Promise<void> {
  const { folderOf } = imageFolders(cache);
  if (!existsSync(folderOf(tree)))
    await progress.step(trees[tree].label, () => publishFolder(folderOf(tree), trees[tree].build));
  await withTree(join(cache, "images"), join(folderOf(tree), treeFile), async (unpacked) => {
    for (const name of names)
      await progress.step(parts[name].label, async () => {
        await publishFolder(folderOf(name), (folder) => parts[name].build(unpacked, folder, folderOf("guest")));
      });
  });
}

/** Builds those of `names` that are not there for the present recipe. */
async function ensureBuilt(names: readonly Built[], options: EnsureOptions): Promise<void> {
  const { cache, progress } = options;
  const { keys, nameOf, folderOf } = imageFolders(cache);
  const missing = () => names.filter((name) => !existsSync(folderOf(name)));
  if (missing().length > 0) {
    if (missing().some((name) => trees[parts[name].tree].needsRoot)) requireRoot();
    const parent = join(cache, "images");
    await mkdir(parent, { recursive: true });
    const what = "the images";
    const onWait = (holder: Parameters<typeof waitingFor>[1]) => progress.say(waitingFor(what, holder));
    await withLock(`images ${parent}`, { what, onWait }, async () => {
      await removeStale(parent);
      for (const [tree, wanted] of Map.groupBy(missing(), (name) => parts[name].tree))
        await buildFrom(tree, wanted, options);
      const inUse = [...all, ...(Object.keys(trees) as Tree[])].map(nameOf);
      await pruneImages(parent, [...inUse, pluginFolder(keys.qemu), libvirtCacheName(keys.server)]);
    });
  }
  for (const name of names) await markUsed(folderOf(name));
}

/**
 * Gives the guest image alone, which is all that real servers need; any user can build it.
 * @returns its folder, with `manifest.json` (see `BuiltGuestManifest`) and the files it names
 * @throws LabError when a tool fails
 */
export async function ensureGuestImage(options: EnsureOptions): Promise<string> {
  await ensureBuilt(["guest"], options);
  return imageFolders(options.cache).folderOf("guest");
}

/**
 * Gives the images of QEMU, servers and guests; builds those that are not there for the present recipe.
 * @throws LabError when something must be built that takes root and this process is not root, or a tool fails.
 */
export async function ensureImages(options: EnsureOptions): Promise<Images> {
  await ensureBuilt(all, options);
  const { keys, folderOf } = imageFolders(options.cache);
  const qemu = qemuRuntime(folderOf("qemu"));
  const plugin = await ensurePlugin(join(options.cache, "images"), qemu, keys.qemu);
  if (plugin.file) await markUsed(join(plugin.file, ".."));
  return {
    qemu,
    plugin,
    server: {
      key: keys.server,
      root: join(folderOf("server"), serverFiles.root),
      kernel: join(folderOf("server"), serverFiles.kernel),
      initrd: join(folderOf("server"), serverFiles.initrd),
    },
    guest: folderOf("guest"),
  };
}
