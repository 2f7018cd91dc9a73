import { once } from "node:events";
import { beforeEach, expect, it } from "vitest";
import { StoreError } from "../../../cli/bucket/store-error.ts";
import { type Held, holdOf, TakenOverError, withHold } from "../../../cli/state/hold.ts";
import { MadeUpBucket } from "../campaign/made-up-bucket.ts";

const stack = "campaign";
const ada = { operator: "0a1b2c3d4e", who: "ada@rack-2:/srv/rtt" };
const bob = { operator: "f".repeat(10), who: "bob@desk:/home/bob/rtt" };
const never = new AbortController().signal;
const times = { beatMs: 10, watchMs: 300 };
const name = `held/${stack}.json`;
let bucket: MadeUpBucket;
let said: string[];

beforeEach(() => {
  bucket = new MadeUpBucket();
  said = [];
});

const hold = <T>(holder: typeof ada, body: (held: Held) => Promise<T>, asked = never) =>
  withHold({ bucket, stack, holder, say: (line) => said.push(line), times }, { asked, tellChildren: never }, body);
/** What is there when its holder is killed in the midst of it. */
async function killed(holder: typeof ada): Promise<void> {
  const { data } = await hold(holder, async () => ({ data: bucket.objects.get(name) ?? Buffer.from("") }));
  bucket.objects.set(name, data);
}

it("a stack is held while it is driven, and let go afterwards, also where that fails", async () => {
  await expect(
    hold(ada, async () => {
      expect(await holdOf(bucket, stack)).toMatchObject({ ...ada, pid: process.pid, isOver: false });
      throw new Error("it failed");
    }),
  ).rejects.toThrow("it failed");
  expect(await holdOf(bucket, stack)).toMatchObject({ ...ada, isOver: true });
  expect(await hold(bob, async () => "at once")).toBe("at once");
  expect(said).toEqual([]);
});

it("nobody takes a stack from one who lives", async () => {
  await hold(ada, async ({ interruption, confirm }) => {
    const refused = hold(bob, async () => "taken");
    await expect(refused).rejects.toThrow(
      `stack campaign in s3://made-up/rtt is in use by ada@rack-2:/srv/rtt, process ${process.pid}, who has said so just now`,
    );
    expect(said).toEqual(["watching for 1 s whether ada@rack-2:/srv/rtt still drives stack campaign"]);
    await confirm?.();
    expect(interruption.asked.aborted).toBe(false);
  });
});

it("one who says nothing for as long as one looks is dead, and for his own machine at once", async () => {
  await killed(ada);
  const begun = performance.now();
  expect(await hold(ada, async () => performance.now() - begun)).toBeLessThan(times.watchMs);
  expect(said).toEqual([]);
  await killed(ada);
  const again = performance.now();
  expect(await hold(bob, async () => performance.now() - again)).toBeGreaterThanOrEqual(times.watchMs);
});

it("who is asked to end while he looks takes nothing", async () => {
  await killed(ada);
  const before = bucket.objects.get(name);
  const asked = AbortSignal.timeout(20);
  await expect(hold(bob, async () => "taken", asked)).rejects.toThrow();
  expect(bucket.objects.get(name)).toEqual(before);
});

it("one who was frozen, and whose stack was taken meanwhile, ends what he does and leaves the stack to the other", async () => {
  await killed(bob);
  const ofBob = bucket.objects.get(name) ?? Buffer.from("");
  const lost = hold(ada, async ({ interruption, confirm }) => {
    bucket.objects.set(name, ofBob);
    await once(interruption.asked, "abort");
    expect(interruption.asked.reason).toBeInstanceOf(TakenOverError);
    expect(interruption.tellChildren.aborted).toBe(true);
    await confirm?.();
  });
  await expect(lost).rejects.toThrow(
    `was taken over by bob@desk:/home/bob/rtt, process ${process.pid}, and nothing further is done with it here`,
  );
  expect(bucket.objects.get(name)).toEqual(ofBob);
});

it("asked whether it is still his, he knows before the next beat", async () => {
  await killed(bob);
  const ofBob = bucket.objects.get(name) ?? Buffer.from("");
  const slow = { ...times, beatMs: 60_000 };
  const options = { bucket, stack, holder: bob, say: () => {}, times: slow };
  await withHold(options, { asked: never, tellChildren: never }, async ({ confirm }) => {
    await confirm?.();
    bucket.objects.set(name, ofBob);
    await expect(confirm?.()).rejects.toThrow(TakenOverError);
  });
});

it("while the store is away a stack stays held, and that is told", async () => {
  await hold(ada, async ({ interruption }) => {
    const { get } = bucket;
    bucket.get = async () => {
      throw new StoreError("the store is away");
    };
    while (said.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    bucket.get = get;
    expect(said[0]).toBe("the store is away");
    expect(interruption.asked.aborted).toBe(false);
  });
  expect(await holdOf(bucket, stack)).toMatchObject({ ...ada, isOver: true });
});

it.each(["{}", "{", ""])("what nobody understands (%j) is told by its name, and nothing is taken", async (text) => {
  bucket.objects.set(name, Buffer.from(text));
  await expect(hold(ada, async () => "taken")).rejects.toThrow(
    "held/campaign.json in s3://made-up/rtt says nothing that this version understands; remove it there",
  );
});
