import type { Progress } from "../../lib/progress.ts";
import { prepareGuestImage, prepareImages } from "./images.ts";
import { preparePulumi } from "./pulumi.ts";

/** Runs both to their end, then tells the first failure. @returns what the first gives */
async function sideBySide<T>(first: Promise<T>, second: Promise<unknown>): Promise<T> {
  const [one, two] = await Promise.allSettled([first, second]);
  if (one.status === "rejected") throw one.reason;
  if (two.status === "rejected") throw two.reason;
  return one.value;
}

/**
 * Gets the engine and the images side by side: on a fresh machine the one computes while the other downloads.
 * @param servers real ones need the guest image only
 * @returns variables to run pulumi with
 */
export const prepareEverything = (
  progress: Progress,
  servers: "emulated" | "real" = "emulated",
): Promise<Record<string, string>> =>
  sideBySide(preparePulumi(progress), servers === "emulated" ? prepareImages(progress) : prepareGuestImage(progress));
