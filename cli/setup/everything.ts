import type { Images } from "../../emulator/images/ensure.ts";
import type { Progress } from "../../lib/progress.ts";
import { prepareImages } from "./images.ts";
import { preparePulumi } from "./pulumi.ts";

export interface Everything {
  /** Variables to run pulumi with. */
  env: Record<string, string>;
  images: Images;
}

/**
 * Gets the engine and the images side by side: on a fresh machine the one computes while the other downloads.
 * When one fails, what the other is doing is finished before the failure is told.
 */
export async function prepareEverything(progress: Progress): Promise<Everything> {
  const [engine, images] = await Promise.allSettled([preparePulumi(progress), prepareImages(progress)]);
  if (engine.status === "rejected") throw engine.reason;
  if (images.status === "rejected") throw images.reason;
  return { env: engine.value, images: images.value };
}
