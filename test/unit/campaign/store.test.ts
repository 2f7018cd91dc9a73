import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StoreError } from "../../../cli/bucket/store-error.ts";
import { untilStored } from "../../../cli/bucket/until-stored.ts";
import type { PlannedDeployment } from "../../../cli/campaign/deployments.ts";
import { Journal, journalFile } from "../../../cli/campaign/journal.ts";
import { MeasuredRuns } from "../../../cli/campaign/measured.ts";
import { fetchRun } from "../../../cli/campaign/store/bucket-run.ts";
import { BucketStore } from "../../../cli/campaign/store/bucket-store.ts";
import { deployWithStore } from "../../../cli/campaign/store/with-store.ts";
import { messageOf } from "../../../lib/errors.ts";
import { recordRefusal, refusalsOf } from "../../../measure/results/refusal.ts";
import { inspectRun, runFolder } from "../../../measure/results/token.ts";
import { deployments, writeRun } from "./fixtures.ts";
import { MadeUpBucket } from "./made-up-bucket.ts";

let folder: string;
let bucket: MadeUpBucket;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-store-"));
  bucket = new MadeUpBucket();
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const machine = (name: string) => new BucketStore(bucket, join(folder, name), (line) => said.push(line));
const runsOf = (store: BucketStore) =>
  new MeasuredRuns(store.results, { memoryFile: join(folder, "memory.json"), store });
const [deployment, another] = deployments(2) as [PlannedDeployment, PlannedDeployment];
const folderOf = (run: number) => runFolder(deployment.scenario, deployment.replicate, run);
const objectOf = (run: number) => `runs/${folderOf(run)}/manifest.json`;

describe("a bucket", () => {
  it("has a run when its manifest is there, which other machines then count", async () => {
    const [here, there] = [machine("a"), machine("b")];
    writeRun(here.results, deployment, 1);
    bucket.writesLeft = 1; // its file, and not its manifest
    await expect(here.bring()).rejects.toThrow("killed");
    await there.look(0);
    expect(runsOf(there).hasSome(deployment)).toBe(false);
    bucket.writesLeft = 1;
    await here.bring();
    expect(runsOf(there).hasSome(deployment)).toBe(false);
    await there.look(0);
    expect(runsOf(there).missing(deployment)).toEqual([`${folderOf(2)}: there is no manifest.json`]);
    expect(runsOf(there).hasSome(another)).toBe(false);
    expect(runsOf(there).scenarioNames()).toEqual([deployment.scenario.name]);
    expect(said).toEqual([]);
  });

  it("is not asked again before what is known is too old", async () => {
    const [here, there] = [machine("a"), machine("b")];
    await there.look(0);
    writeRun(here.results, deployment, 1);
    await here.bring();
    await there.look(60_000);
    expect(runsOf(there).hasSome(deployment)).toBe(false);
    await there.look(0);
    expect(runsOf(there).hasSome(deployment)).toBe(true);
  });

  it("keeps the first of two runs in one place; the second stays where it was measured, and is told once", async () => {
    const [first, second] = [machine("a"), machine("b")];
    writeRun(first.results, deployment, 1);
    const kept = writeRun(second.results, deployment, 1, "emulated-kvm");
    const own = readFileSync(join(kept, "manifest.json"));
    await first.bring();
    const before = new Map(bucket.objects);
    await second.bring();
    await second.bring();
    await machine("b").bring();
    expect(bucket.objects).toEqual(before);
    expect(said).toEqual([expect.stringContaining("that one counts")]);
    expect(readFileSync(join(kept, "manifest.json"))).toEqual(own);
  });

  it("is not given a run whose files have changed", async () => {
    const store = machine("a");
    writeFileSync(join(writeRun(store.results, deployment, 1), "ping.txt"), "pang");
    await store.bring();
    await store.bring();
    expect(bucket.objects.size).toBe(0);
    expect(said).toEqual([expect.stringContaining("is not brought to s3://made-up/rtt: ping.txt has changed")]);
  });

  it("out of which somebody has taken a run has it no longer for anybody", async () => {
    const [here, there] = [machine("a"), machine("b")];
    writeRun(here.results, deployment, 1);
    await here.bring();
    await there.look(0);
    bucket.objects.delete(objectOf(1));
    await there.look(0);
    expect(runsOf(there).hasSome(deployment)).toBe(false);
  });

  it("has journals by who writes them, and what was refused; others read them as one", async () => {
    const [here, there] = [machine("a"), machine("b")];
    const journals = [here, there].map(({ results }) => new Journal(journalFile(results, "c")));
    journals[0]?.append({ event: "begun", deployments: 2, missing: 2 });
    journals[1]?.ofPair(2).append({ event: "dealt", replicate: 1, pair: 2 });
    const at = "2026-01-01T00:00:00.000Z";
    const differences = [{ server: "sender", what: "VF 1", declared: "there", found: "not there", mend: null }];
    await recordRefusal(join(here.results, folderOf(1)), { owner: "x", replicate: 1, run: 1, at, differences });
    await here.bring();
    await there.bring();
    for (const store of [here, there]) await store.look(0);
    for (const journal of journals) expect(journal.read().map(({ event }) => event)).toEqual(["begun", "dealt"]);
    journals[0]?.append({ event: "ended", why: "done" });
    await here.bring();
    await there.look(0);
    expect(journals[1]?.read()).toHaveLength(3);
    await there.bring();
    await here.look(0);
    expect(journals[0]?.read()).toHaveLength(3);
    expect((await bucket.list("journals/")).length).toBe(2);
    expect(refusalsOf(join(there.manifests, folderOf(1)))).toMatchObject([{ at, differences }]);
  });

  it("that writes over what is there, or that another version uses, is refused", async () => {
    await machine("a").requireWriteOnce();
    await machine("a").requireWriteOnce();
    bucket.isWritingOver = true;
    await expect(machine("a").requireWriteOnce()).rejects.toThrow("the store writes over what is there");
    bucket.isWritingOver = false;
    bucket.objects.set("layout.json", Buffer.from('{"layout":2}\n'));
    await expect(machine("a").requireWriteOnce()).rejects.toThrow(
      'its layout.json is not of this version: {"layout":2}',
    );
  });

  it.each(["runs/../../evil/manifest.json", "runs//evil/manifest.json", "runs/a/./manifest.json"])(
    "in which somebody has called an object %s leads nowhere",
    async (name) => {
      bucket.objects.set(name, Buffer.from("{}"));
      const error = await machine("a")
        .look(0)
        .catch((failure: unknown) => failure);
      expect(messageOf(error)).toMatch(/in the bucket is no name of a file in a results directory/);
      expect(error).not.toBeInstanceOf(StoreError);
    },
  );
});

describe("a run that is fetched", () => {
  const brought = async () => {
    writeRun(machine("a").results, deployment, 1);
    await machine("a").bring();
    return { name: objectOf(1), bytes: bucket.objects.get(objectOf(1))?.length ?? 0 };
  };

  it("is there whole, and left alone the next time", async () => {
    const listed = await brought();
    const home = join(folder, "home");
    expect(await fetchRun(bucket, home, listed)).toBe(listed.bytes + 4);
    expect(inspectRun(join(home, folderOf(1)), deployment.scenario.hash)).toHaveProperty("manifest");
    expect(await fetchRun(bucket, home, listed)).toBeUndefined();
  });

  it("is not there at all where a file of it is not what its manifest says", async () => {
    const listed = await brought();
    const [file] = await bucket.list("files/");
    bucket.objects.set(file?.name ?? "", Buffer.from("pang"));
    const home = join(folder, "home");
    await expect(fetchRun(bucket, home, listed)).rejects.toThrow(/files\/\w{64} in \S+ is not what its manifest says/);
    expect(existsSync(join(home, folderOf(1)))).toBe(false);
  });

  it("takes no other run's place", async () => {
    const listed = await brought();
    const home = join(folder, "home");
    writeRun(home, deployment, 1, "emulated-kvm");
    await expect(fetchRun(bucket, home, listed)).rejects.toThrow(/is another run than the one in .*another directory/);
  });
});

describe("a deployment", () => {
  const never = new AbortController().signal;

  it("has the runs that others have measured before it begins, and brings its own", async () => {
    const [here, there] = [machine("a"), machine("b")];
    writeRun(here.results, deployment, 1);
    await here.bring();
    await there.look(0);
    const found: boolean[] = [];
    const deploy = deployWithStore(
      async () => {
        found.push(existsSync(join(there.results, folderOf(1), "ping.txt")));
        writeRun(there.results, deployment, 2);
        return { times: [], found: "" };
      },
      runsOf(there),
      never,
      (line) => said.push(line),
    );
    await deploy(deployment, () => {});
    await there.bring();
    expect(found).toEqual([true]);
    expect(bucket.objects.has(objectOf(2))).toBe(true);
    await here.look(0);
    expect(runsOf(here).isMeasured(deployment)).toBe(true);
  });

  it("waits for a store that does not answer until an end is asked for, and for nothing else", async () => {
    const end = new AbortController();
    const away = () => {
      setImmediate(() => end.abort());
      return Promise.reject(new StoreError("away"));
    };
    expect(await untilStored(away, end.signal, (line) => said.push(line))).toBe(false);
    expect(said.length).toBeGreaterThan(0);
    await expect(
      untilStored(
        () => Promise.reject(new Error("broken")),
        never,
        () => {},
      ),
    ).rejects.toThrow("broken");
    expect(
      await untilStored(
        async () => {},
        never,
        () => {},
      ),
    ).toBe(true);
  });
});
