import { deployerOf } from "../../infra/owner.ts";
import { LabError, messageOf } from "../../lib/errors.ts";
import { checkout } from "../../lib/paths.ts";
import { type BucketPlace, isBucket, parseBucket } from "../bucket/address.ts";
import type { Interruption } from "../interrupt.ts";
import { hasChosenBackend } from "../setup/pulumi.ts";
import { leftoverOf } from "../stack/leftover.ts";
import { type Held, withHold } from "./hold.ts";
import { statePlaceOf } from "./place.ts";
import { bucketOf, forgetBucket, isKeptIn, noteBucket } from "./remembered.ts";

/** By which is told whether objects can be taken away, as Pulumi does with its locks. */
const probeObject = "may-delete";

/**
 * Where this checkout keeps stacks whose results go there; undefined where that is in no bucket, or the user has chosen a backend.
 * @param results a directory, or s3://BUCKET/PREFIX
 * @throws LabError where a state cannot be kept there
 */
export async function statePlaceFor(results: string): Promise<BucketPlace | undefined> {
  if (!isBucket(results) || hasChosenBackend(process.env)) return undefined;
  const place = statePlaceOf(parseBucket("--results", results), deployerOf(checkout).operator);
  const { Bucket } = await import("../bucket/bucket.ts");
  const bucket = new Bucket(place);
  try {
    await bucket.put(probeObject, Buffer.from(""));
    await bucket.remove(probeObject);
  } catch (error) {
    throw new LabError(
      `${messageOf(error)}. What is deployed is written down there, and Pulumi has to write and to delete: docs/lab.md tells the rights`,
      { cause: error },
    );
  }
  return place;
}

/**
 * Has a stack kept in a place from now on.
 * @param place undefined: in no bucket
 * @param clear takes down what an earlier use left of it, where that is kept
 * @throws LabError where that could not be taken down
 */
export async function keepIn(place: BucketPlace | undefined, stack: string, clear: () => Promise<void>): Promise<void> {
  if (isKeptIn(stack, place)) return;
  if (leftoverOf(stack) !== "nothing") await clear();
  if (leftoverOf(stack) !== "nothing")
    throw new LabError(
      `stack ${stack} is not deployed: what it has left is kept elsewhere, and has to be taken down first`,
    );
  forgetBucket(stack);
  if (place !== undefined) await noteBucket(stack, place);
}

/** Runs `body`, which drives a stack, and holds it meanwhile where it is kept in a bucket. @throws LabError where somebody else holds it */
export async function whileHeld<T>(
  stack: string,
  interruption: Interruption,
  say: (line: string) => void,
  body: (held: Held) => Promise<T>,
): Promise<T> {
  const place = bucketOf(stack);
  if (place === undefined) return body({ interruption });
  const { Bucket } = await import("../bucket/bucket.ts");
  return withHold({ bucket: new Bucket(place), stack, holder: deployerOf(checkout), say }, interruption, body);
}
