import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { waitingFor, withLock } from "../../lib/lock.ts";
import type { Progress } from "../../lib/progress.ts";
import { publishFolder } from "../../lib/publish.ts";
import { requireRoot } from "../machine.ts";
import { buildGuest } from "./guest.ts";
import { markUsed, pruneImages } from "./prune.ts";
import { buildQemu, type QemuRuntime, qemuRuntime } from "./qemu.ts";
import { type ImageName, imageKeys, libvirtCacheName } from "./recipe.ts";
import { buildServer, serverFiles } from "./server.ts";
import { buildTree, treeFile, unpackTree } from "./tree.ts";

/** Where the images are, all absolute paths. */
export interface Images {
  /** QEMU that emulates the servers. */
  qemu: QemuRuntime;
  server: { key: string; root: string; kernel: string; initrd: string };
  /** Folder with `manifest.json` (see `GuestManifest`) and the files it names. */
  guest: string;
}

const builders: Record<Exclude<ImageName, "tree">, { label: string; build: typeof buildQemu }> = {
  qemu: { label: "images: QEMU", build: buildQemu },
  server: { label: "images: server", build: buildServer },
  guest: { label: "images: guest", build: buildGuest },
};

// In this order: the server's builder turns the tree into the server's, so it comes last.
const built = ["qemu", "guest", "server"] as const;

/** Removes what a build that was killed left; nobody builds while the caller holds the lock. */
async function removeStale(parent: string): Promise<void> {
  for (const name of await readdir(parent))
    if (name.startsWith(".tree-") || /^(tree|qemu|guest|server)-.*\.tmp-/.test(name))
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

/**
 * Gives the images of QEMU, servers and guests; builds those that are not there for the present recipe.
 * @throws LabError when something must be built and this process is not root, or a tool fails.
 */
export async function ensureImages(options: { cache: string; progress: Progress }): Promise<Images> {
  const { cache, progress } = options;
  const keys = imageKeys();
  const parent = join(cache, "images");
  const nameOf = (name: ImageName) => `${name}-${keys[name]}`;
  const folderOf = (name: ImageName) => join(parent, nameOf(name));
  const missing = () => built.filter((name) => !existsSync(folderOf(name)));
  const images: Images = {
    qemu: qemuRuntime(folderOf("qemu")),
    server: {
      key: keys.server,
      root: join(folderOf("server"), serverFiles.root),
      kernel: join(folderOf("server"), serverFiles.kernel),
      initrd: join(folderOf("server"), serverFiles.initrd),
    },
    guest: folderOf("guest"),
  };
  if (missing().length > 0) {
    requireRoot();
    await mkdir(parent, { recursive: true });
    const what = "the images";
    const onWait = (holder: Parameters<typeof waitingFor>[1]) => progress.say(waitingFor(what, holder));
    await withLock(`images ${parent}`, { what, onWait }, async () => {
      await removeStale(parent);
      if (!existsSync(folderOf("tree")))
        await progress.step("images: Debian packages", () => publishFolder(folderOf("tree"), buildTree));
      const wanted = missing();
      if (wanted.length > 0)
        await withTree(parent, join(folderOf("tree"), treeFile), async (tree) => {
          for (const name of wanted)
            await progress.step(builders[name].label, async () => {
              await publishFolder(folderOf(name), (folder) => builders[name].build(tree, folder));
            });
        });
      const inUse = [...built, "tree" as const].map(nameOf);
      await pruneImages(parent, [...inUse, libvirtCacheName(keys.server)]);
    });
  }
  for (const name of built) await markUsed(folderOf(name));
  return images;
}
