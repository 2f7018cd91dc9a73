import { describe, expect, it } from "vitest";
import { bucketText, parseBucket } from "../../../cli/bucket/address.ts";
import { parseRunOptions, parseWorkOptions } from "../../../cli/campaign/options.ts";

describe("--results", () => {
  it.each([
    ["s3://lab", "s3://lab"],
    ["s3://lab/", "s3://lab"],
    ["s3://lab.example/rtt/2026_a/", "s3://lab.example/rtt/2026_a"],
  ])("%s is a place in a bucket", (results, text) => {
    expect(bucketText(parseBucket("--results", results))).toBe(text);
    expect(parseRunOptions(["baseline"], { results }).results).toBe(results);
    expect(parseWorkOptions({ results, queue: "postgres://" }).results).toBe(results);
  });

  it.each([
    ["s3://", '--results "s3://" is not allowed'],
    ["s3://L", '--results "s3://L" is not allowed'],
    ["s3://lab//rtt", '--results "s3://lab//rtt" is not allowed'],
    ["s3://lab/../x", '--results "s3://lab/../x" is not allowed'],
    ["s3://lab/rtt?endpoint=x", '--results "s3://lab/rtt?endpoint=x" is not allowed'],
    ["s3://AKIA:horse@lab/rtt", '--results "…" is not allowed'],
    ["https://AKIA:horse@s3.example/lab", '--results "…" is not allowed'],
    ["gs://lab/rtt", '--results "gs://lab/rtt" is not allowed'],
  ])("%s is refused, and no key is told", (results, message) => {
    for (const parse of [
      () => parseRunOptions(["baseline"], { results }),
      () => parseWorkOptions({ results, queue: "postgres://" }),
    ]) {
      expect(parse).toThrow(expect.objectContaining({ exitCode: 2 }));
      expect(parse).toThrow(message);
      expect(parse).toThrow("s3://BUCKET/PREFIX");
      expect(parse).not.toThrow("horse");
    }
  });

  it("a directory is taken as it is", () => {
    for (const results of ["results", "/srv/rtt/results", "a:b"])
      expect(parseRunOptions(["baseline"], { results }).results).toBe(results);
  });
});
