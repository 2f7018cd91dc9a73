import { type BucketPlace, bucketText, endpointUrl } from "../bucket/address.ts";

/*
 * Where stacks are kept whose results go to a bucket: in it, below state/OPERATOR/. Each machine and checkout has a place of its own there,
 * so nobody meets the stack of somebody else by its name.
 */

/** What names of objects begin with that belong to states, below the place of results. */
export const statesBeginning = "state/";

/** The place of an operator's states, beside results in a bucket. @param operator as a lease names it (infra/owner.ts) */
export const statePlaceOf = ({ bucket, prefix }: BucketPlace, operator: string): BucketPlace => ({
  bucket,
  prefix: `${prefix}${statesBeginning}${operator}/`,
});

/** How a store of one's own is to be asked, as the client of results asks it: by paths, and without checksums that it may not know. */
const ofOwnStore = (env: NodeJS.ProcessEnv) => ({
  use_path_style: "true",
  ...(env.AWS_REQUEST_CHECKSUM_CALCULATION === undefined && { request_checksum_calculation: "when_required" }),
});

/**
 * The variables by which pulumi keeps stacks there. Endpoint, region and keys it takes from where all clients of S3 take them. Copies of
 * states that nobody reads are not written: a campaign deploys thousands of times.
 */
export function bucketBackend(place: BucketPlace, env = process.env): Record<string, string> {
  const query = new URLSearchParams({
    ...(endpointUrl(env) !== undefined && ofOwnStore(env)),
    // Else it is told on stderr at each object that has no checksum.
    response_checksum_validation: "when_required",
  });
  return {
    PULUMI_BACKEND_URL: `${bucketText(place)}?${query}`,
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
  };
}
