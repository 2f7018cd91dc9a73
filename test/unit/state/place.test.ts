import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepIn, statePlaceFor, whileHeld } from "../../../cli/state/kept.ts";
import { bucketBackend, statePlaceOf } from "../../../cli/state/place.ts";
import {
  backendVariables,
  bucketOf,
  forgetBucket,
  isInBucket,
  isKeptIn,
  noteBucket,
} from "../../../cli/state/remembered.ts";

/** A stack that nobody has in this checkout. */
const stack = "test-kept-in-bucket";
const results = { bucket: "lab", prefix: "rtt/" };
const place = statePlaceOf(results, "0a1b2c3d4e");
const ownStore = "http://127.0.0.1:9";

beforeEach(() => {
  for (const name of ["PULUMI_BACKEND_URL", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"]) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  forgetBucket(stack);
});

describe("where states are kept", () => {
  it("is beside the results, below the operator's own name", () => {
    expect(place).toEqual({ bucket: "lab", prefix: "rtt/state/0a1b2c3d4e/" });
    expect(statePlaceOf({ bucket: "lab", prefix: "" }, "0a1b2c3d4e").prefix).toBe("state/0a1b2c3d4e/");
  });

  it("is told to pulumi as the client of results asks: a store of one's own by paths, and without new checksums", () => {
    const url = (env: NodeJS.ProcessEnv) => bucketBackend(place, env).PULUMI_BACKEND_URL;
    const beginning = "s3://lab/rtt/state/0a1b2c3d4e?";
    expect(url({})).toBe(`${beginning}response_checksum_validation=when_required`);
    const paths = `${beginning}use_path_style=true&`;
    expect(url({ AWS_ENDPOINT_URL: ownStore })).toBe(
      `${paths}request_checksum_calculation=when_required&response_checksum_validation=when_required`,
    );
    const asked = { AWS_ENDPOINT_URL_S3: ownStore, AWS_REQUEST_CHECKSUM_CALCULATION: "when_supported" };
    expect(url(asked)).toBe(`${paths}response_checksum_validation=when_required`);
  });

  it("is no bucket for results in a directory, nor where the user has chosen a backend", async () => {
    expect(await statePlaceFor("results")).toBeUndefined();
    vi.stubEnv("PULUMI_BACKEND_URL", "s3://mine");
    expect(await statePlaceFor("s3://lab/rtt")).toBeUndefined();
    await noteBucket(stack, place);
    expect([isInBucket(stack), bucketOf(stack)]).toEqual([false, undefined]);
    expect(backendVariables(stack)).toEqual({ PULUMI_BACKEND_URL: "s3://mine" });
  });
});

describe("a stack that is kept in a bucket", () => {
  it("is found there by commands that are told no bucket, until it is forgotten", async () => {
    expect(isInBucket(stack)).toBe(false);
    await noteBucket(stack, place);
    for (const name of [stack, `organization/sriov-rtt/${stack}`]) expect(bucketOf(name)).toEqual(place);
    expect(backendVariables(stack)).toEqual(bucketBackend(place));
    expect([place, statePlaceOf(results, "f".repeat(10)), undefined].map((each) => isKeptIn(stack, each))).toEqual([
      true,
      false,
      false,
    ]);
    forgetBucket(stack);
    expect(backendVariables(stack).PULUMI_BACKEND_URL).toMatch(/^file:/);
    expect(isKeptIn(stack, undefined)).toBe(true);
  });

  it("is in no other store of the same names: that is refused, and told what to do", async () => {
    await noteBucket(stack, place);
    vi.stubEnv("AWS_ENDPOINT_URL", ownStore);
    expect(isKeptIn(stack, place)).toBe(false);
    expect(() => backendVariables(stack)).toThrow(
      `stack ${stack} is kept in s3://lab/rtt/state/0a1b2c3d4e of the store at Amazon's address, and AWS_ENDPOINT_URL names ${ownStore}; set it as it was`,
    );
    const never = new AbortController().signal;
    const driven = whileHeld(
      stack,
      { asked: never, tellChildren: never },
      () => {},
      async () => "driven",
    );
    await expect(driven).rejects.toMatchObject({ exitCode: 2 });
  });

  it("moves where nothing is left of it, and nothing is taken down for that", async () => {
    const clear = vi.fn(async () => {});
    await keepIn(place, stack, clear);
    expect(bucketOf(stack)).toEqual(place);
    const other = statePlaceOf(results, "f".repeat(10));
    await keepIn(other, stack, clear);
    expect(bucketOf(stack)).toEqual(other);
    await keepIn(undefined, stack, clear);
    expect(isInBucket(stack)).toBe(false);
    expect(clear).not.toHaveBeenCalled();
  });
});
