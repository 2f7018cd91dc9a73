import { refuseOption } from "../options.ts";

/** A place in a bucket of an S3-compatible store. */
export interface BucketPlace {
  bucket: string;
  /** What the names of its objects begin with; "" or ending with a slash. */
  prefix: string;
}

const beginning = "s3://";
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Characters that need no care in a name of an object (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html). */
const segment = /^(?!\.{1,2}$)[\w!.*'()-]+$/;

const allowedPlace =
  "s3://BUCKET/PREFIX, of letters, digits and !-_.*'(); keys, region and endpoint are taken from the environment (AWS_PROFILE, " +
  "AWS_REGION, AWS_ENDPOINT_URL)";

/**
 * A place in a bucket, as a command names it.
 * @param option how messages call it
 * @throws LabError (exit code 2) that tells what is allowed; of what may have a key in it no part is told
 */
export function parseBucket(option: string, text: string): BucketPlace {
  const shown = text.includes("@") ? "…" : text;
  if (!text.startsWith(beginning)) return refuseOption(option, shown, allowedPlace);
  const [bucket = "", ...rest] = text.slice(beginning.length).replace(/\/$/, "").split("/");
  if (!bucketName.test(bucket) || !rest.every((part) => segment.test(part)))
    return refuseOption(option, shown, allowedPlace);
  return { bucket, prefix: rest.map((part) => `${part}/`).join("") };
}

/** Whether results go to a bucket, and not to a directory. */
export const isBucket = (results: string): boolean => results.startsWith(beginning);

/** How messages call a place in a bucket. */
export const bucketText = ({ bucket, prefix }: BucketPlace): string =>
  `${beginning}${bucket}/${prefix}`.replace(/\/$/, "");

/**
 * Where results go, as `--results` says it.
 * @returns it as it is
 * @throws LabError (exit code 2) that tells what is allowed
 */
export function parseResults(text: string): string {
  if (isBucket(text)) parseBucket("--results", text);
  else if (/^\w+:\/\//.test(text))
    refuseOption("--results", text.includes("@") ? "…" : text, `a directory, or ${allowedPlace}`);
  return text;
}

/** Where a store is asked that is not Amazon's, by the variables of all its clients; undefined where it is that, or a profile says. */
export const endpointUrl = (env = process.env): string | undefined => env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL;
