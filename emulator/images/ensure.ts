import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { waitingFor, withLock } from "../../lib/lock.ts";
import type { Progress } from "../../lib/progress.ts";
import { publishFolder } from "../../lib/publish.ts";
import { requireRoot } from "../machine.ts";
import { buildGuest } from "./guest.ts";
import { buildQemu, type QemuRuntime, qemuRuntime } from "./qemu.ts";
import { type ImageName, imageKeys } from "./recipe.ts";
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

/** Removes what a build that was killed left; nobody builds while the caller holds the lock. */
async function removeStale(parent: string): Promise<void> {
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent))
    if (name.startsWith(".tree-") || name.includes(".tmp-")) await rm(join(parent, name), { recursive: true });
}

/**
 * Gives the images of QEMU, servers and guests; builds those that are not there for the present recipe.
 * @throws LabError when something must be built and this process is not root, or a tool fails.
 */
export async function ensureImages(options: { cache: string; progress: Progress }): Promise<Images> {
  const keys = imageKeys();
  const parent = join(options.cache, "images");
  const folderOf = (name: ImageName) => join(parent, `${name}-${keys[name]}`);
  const missing = () => (["qemu", "server", "guest"] as const).filter((name) => !existsSync(folderOf(name)));
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
  if (missing().length === 0) return images;

  requireRoot();
  const what = "the images";
  const onWait = (holder: Parameters<typeof waitingFor>[1]) => options.progress.say(waitingFor(what, holder));
  await withLock(`images ${parent}`, { what, onWait }, async () => {
    await removeStale(parent);
    if (!existsSync(folderOf("tree")))
      await options.progress.step("images: Debian packages", () => publishFolder(folderOf("tree"), buildTree));
    for (const name of missing())
      await options.progress.step(builders[name].label, () =>
        publishFolder(folderOf(name), async (folder) => {
          const tree = await mkdtemp(join(parent, ".tree-"));
          try {
            await unpackTree(join(folderOf("tree"), treeFile), tree);
            await builders[name].build(tree, folder);
          } finally {
            await rm(tree, { recursive: true, force: true });
          }
        }),
      );
  });
  return images;
}
