import { existsSync, readFileSync, realpathSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { LabError, messageOf } from "../../lib/errors.ts";
import { guestManifestName, guestManifestSchema } from "../../lib/guest-manifest.ts";

/** The guests' kernel and both initramfs on this machine, known by the hash of their content. */
export const guestImageSchema = z.object({
  sha256: z.string(),
  release: z.string(),
  kernelFile: z.string(),
  kernelSha256: z.string(),
  /** Of Main VMs. */
  initrdFile: z.string(),
  initrdSha256: z.string(),
  /** Of background VMs. */
  loadInitrdFile: z.string(),
  loadInitrdSha256: z.string(),
});
export type GuestImage = z.infer<typeof guestImageSchema>;

/** Reads the manifest of a guest image folder. @throws LabError (exit code 2) when there is none or it is wrong */
export function readGuestImage(folder: string, directory: string): GuestImage {
  const path = isAbsolute(folder) ? folder : join(directory, folder);
  const manifestFile = join(path, guestManifestName);
  if (!existsSync(manifestFile))
    throw new LabError(
      `guestImage: ${JSON.stringify(folder)} holds no ${guestManifestName}; build the guest image with ./lab images --guest`,
      {
        exitCode: 2,
      },
    );
  try {
    const manifest = guestManifestSchema.parse(JSON.parse(readFileSync(manifestFile, "utf8")));
    const real = realpathSync(path);
    return {
      sha256: manifest.sha256,
      release: manifest.kernel.release,
      kernelFile: join(real, manifest.kernel.file),
      kernelSha256: manifest.kernel.sha256,
      initrdFile: join(real, manifest.initrd.file),
      initrdSha256: manifest.initrd.sha256,
      loadInitrdFile: join(real, manifest.loadInitrd.file),
      loadInitrdSha256: manifest.loadInitrd.sha256,
    };
  } catch (error) {
    throw new LabError(`guestImage: ${manifestFile} is no manifest of a guest image: ${messageOf(error)}`, {
      exitCode: 2,
    });
  }
}
