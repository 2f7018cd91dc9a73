import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { deployedStacks, locksOf } from "../../../cli/state/in-bucket.ts";
import { MadeUpBucket } from "../campaign/made-up-bucket.ts";

const stacks = ".pulumi/stacks/sriov-rtt";
const checkpoint = (latest: unknown) => JSON.stringify({ version: 3, checkpoint: { stack: "x", latest } });

it("of the stacks in a place those are told of which something may be deployed", async () => {
  const bucket = new MadeUpBucket();
  const put = (name: string, data: string | Buffer) => bucket.put(name, Buffer.from(data));
  await put(`${stacks}/campaign.json`, checkpoint({ resources: [{}, {}] }));
  await put(`${stacks}/campaign.json.bak`, checkpoint({ resources: [{}] }));
  await put(`${stacks}/campaign-pair2.json`, checkpoint({ resources: [] }));
  await put(`${stacks}/campaign-pair3.json.gz`, gzipSync(checkpoint({ pending_operations: [{}] })));
  await put(`${stacks}/campaign-pair4.json`, "{");
  await put(`${stacks}/campaign-pair5.json`, checkpoint(undefined));
  await put(".pulumi/stacks/another-project/campaign.json", checkpoint({ resources: [{}] }));
  await put("held/campaign.json", "{}");
  expect(await deployedStacks(bucket)).toEqual([
    { stack: "campaign", resources: 2 },
    { stack: "campaign-pair3", resources: 1 },
    { stack: "campaign-pair4", resources: undefined },
  ]);
});

it("a lock tells who has it, and one that is not understood its name", async () => {
  const bucket = new MadeUpBucket();
  const locks = ".pulumi/locks/organization/sriov-rtt";
  const lock = { pid: 7, username: "ada", hostname: "rack-2", timestamp: "2026-11-28T09:00:00Z" };
  await bucket.put(`${locks}/campaign/a.json`, Buffer.from(JSON.stringify(lock)));
  await bucket.put(`${locks}/campaign/b.json`, Buffer.from("?"));
  await bucket.put(`${locks}/campaign-pair2/c.json`, Buffer.from(JSON.stringify(lock)));
  expect(await locksOf(bucket, "campaign")).toEqual([
    "ada@rack-2, process 7, since 2026-11-28T09:00:00Z",
    `somebody (${locks}/campaign/b.json)`,
  ]);
  expect(await locksOf(bucket, "campaign-pair3")).toEqual([]);
});
