import { allEnded } from "../../lib/concurrent.ts";
import type { Progress } from "../../lib/progress.ts";
import { prepareGuestImage, prepareImages } from "./images.ts";
import { preparePulumi } from "./pulumi.ts";

/**
 * Gets the engine and the images side by side: on a fresh machine the one computes while the other downloads.
 * @param servers real ones need the guest image only
 * @returns variables to run pulumi with
 */
export async function prepareEverything(
  progress: Progress,
  servers: "emulated" | "real" = "emulated",
): Promise<Record<string, string>> {
  const pulumi = preparePulumi(progress);
  await allEnded<unknown>([pulumi, servers === "emulated" ? prepareImages(progress) : prepareGuestImage(progress)]);
  return pulumi;
}
