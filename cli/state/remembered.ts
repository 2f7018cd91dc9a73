import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { LabError } from "../../lib/errors.ts";
import { labDir } from "../../lib/paths.ts";
import { publishFile } from "../../lib/publish.ts";
import { type BucketPlace, bucketText, endpointUrl, parseBucket } from "../bucket/address.ts";
import { backendUrlOf, hasChosenBackend } from "../setup/pulumi.ts";
import { bucketBackend } from "./place.ts";

/*
 * Which stacks of this checkout are kept in a bucket. A command that finds what an earlier one has left is told no bucket.
 */

const noteSchema = z.object({ place: z.string(), endpoint: z.string().nullable() });

const noteFile = (stack: string) => join(labDir, "state-in-bucket", `${stack.slice(stack.lastIndexOf("/") + 1)}.json`);

/** The same text for the same place of the same store. */
const noteOf = (place: BucketPlace) =>
  JSON.stringify({ place: bucketText(place), endpoint: endpointUrl() ?? null } satisfies z.infer<typeof noteSchema>);

/** Writes down that a stack is kept in a bucket, before it is made there. */
export async function noteBucket(stack: string, place: BucketPlace): Promise<void> {
  mkdirSync(dirname(noteFile(stack)), { recursive: true });
  await publishFile(noteFile(stack), noteOf(place));
}

/** Takes that back. */
export const forgetBucket = (stack: string): void => rmSync(noteFile(stack), { force: true });

/** Whether a stack is kept in a bucket. */
export const isInBucket = (stack: string): boolean => !hasChosenBackend(process.env) && existsSync(noteFile(stack));

/**
 * Where in a bucket a stack is kept; undefined where it is in none, or the user has chosen a backend.
 * @throws LabError (exit code 2) where the environment names another store than the one that has it
 */
export function bucketOf(stack: string): BucketPlace | undefined {
  if (!isInBucket(stack)) return undefined;
  const { place, endpoint } = noteSchema.parse(JSON.parse(readFileSync(noteFile(stack), "utf8")));
  const asked = endpointUrl() ?? null;
  if (asked !== endpoint)
    throw new LabError(
      `stack ${stack} is kept in ${place} of the store at ${endpoint ?? "Amazon's address"}, and AWS_ENDPOINT_URL names ${asked ?? "none"}; set it as it was`,
      { exitCode: 2 },
    );
  return parseBucket("the place of a state", place);
}

/** Whether a stack is kept in that very place. @param place undefined: in no bucket */
export const isKeptIn = (stack: string, place: BucketPlace | undefined): boolean =>
  isInBucket(stack)
    ? place !== undefined && readFileSync(noteFile(stack), "utf8") === noteOf(place)
    : place === undefined;

/** The variables by which pulumi finds a stack, wherever that is kept. */
export function backendVariables(stack: string): Record<string, string> {
  const place = bucketOf(stack);
  return place === undefined ? { PULUMI_BACKEND_URL: backendUrlOf(process.env) } : bucketBackend(place);
}
