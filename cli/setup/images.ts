import { mkdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { ensureGuestImage, ensureImages, type Images } from "../../emulator/images/ensure.ts";
import { emulatorPackages, guestImagePackages } from "../../emulator/machine.ts";
import type { Config } from "../../infra/config/schema.ts";
import { cacheDir, checkout, labDir } from "../../lib/paths.ts";
import type { Progress } from "../../lib/progress.ts";
import { temporaryBeside } from "../../lib/publish.ts";
import { ensurePackages } from "./packages.ts";

/** Where a stack's configuration looks for the guests' kernel and initramfs unless it says something else. */
const link = join(labDir, "guest");

/** Whether a stack uses the guest image that we build, and not one of the user's. */
export const usesOwnGuestImage = ({ guestImage }: Pick<Config, "guestImage">) => join(checkout, guestImage) === link;

/** Points `.lab/guest` at a folder; whoever follows the link meanwhile sees the old folder or the new one. */
async function pointAt(folder: string): Promise<void> {
  if ((await readlink(link).catch(() => undefined)) === folder) return;
  await mkdir(labDir, { recursive: true });
  const temporary = temporaryBeside(link);
  await symlink(folder, temporary);
  await rename(temporary, link).catch(async (error: unknown) => {
    await rm(temporary);
    throw error;
  });
}

/** Gets the images and the tools of the emulated servers, and points `.lab/guest` at the guest image. */
export async function prepareImages(progress: Progress): Promise<Images> {
  await ensurePackages(emulatorPackages, progress);
  const images = await ensureImages({ cache: cacheDir(), progress });
  await pointAt(images.guest);
  return images;
}

/** Gets the guest image alone, and points `.lab/guest` at it. It needs neither root nor the emulator. @returns its folder */
export async function prepareGuestImage(progress: Progress): Promise<string> {
  await ensurePackages(guestImagePackages, progress);
  const guest = await ensureGuestImage({ cache: cacheDir(), progress });
  await pointAt(guest);
  return guest;
}
