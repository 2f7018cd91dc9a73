import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { settingsOf } from "../../../cli/campaign/settings.ts";
import { leftoverOn, stackNameOf } from "../../../cli/campaign/stacks.ts";
import { stackFile } from "../../../cli/stack/config.ts";
import { forgetKept, leftoverOf, leftoverText, noteKept } from "../../../cli/stack/leftover.ts";
import { keepIn } from "../../../cli/state/kept.ts";
import { statePlaceOf } from "../../../cli/state/place.ts";
import { bucketOf, forgetBucket } from "../../../cli/state/remembered.ts";
import { checkout, hostsFile } from "../../../lib/paths.ts";
import { deployments } from "../campaign/fixtures.ts";

/** A pair whose stack nobody has in this checkout. */
const pair = { number: 97, hosts: "/none.json" };
const stack = stackNameOf(pair.number);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-leftover-"));
  vi.stubEnv("PULUMI_BACKEND_URL", pathToFileURL(folder).href);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
  rmSync(stackFile(checkout, stack), { force: true });
  forgetKept(stack);
  forgetBucket(stack);
});

/** Configures the stack as a campaign does. */
function configure(hosts: string): void {
  const [deployment] = deployments(1);
  const settings = Object.entries(settingsOf(deployment!, { hosts, results: join(folder, "results") }));
  const config = Object.fromEntries(settings.map(([key, value]) => [`sriov-rtt:${key}`, value]));
  writeFileSync(stackFile(checkout, stack), stringify({ encryptionsalt: "v1:x", config }));
}
/** Writes a state as Pulumi does, of a project unless the backend knows none. */
function writeState(latest: unknown, { project = "sriov-rtt", isCompressed = false } = {}): void {
  const states = join(folder, ".pulumi", "stacks", project);
  mkdirSync(states, { recursive: true });
  const text = typeof latest === "string" ? latest : JSON.stringify({ version: 3, checkpoint: { stack, latest } });
  writeFileSync(join(states, `${stack}.json${isCompressed ? ".gz" : ""}`), isCompressed ? gzipSync(text) : text);
}
const resources = [{ urn: "urn:pulumi:campaign-pair97::sriov-rtt::pulumi:pulumi:Stack::sriov-rtt-campaign-pair97" }];

it("nothing is left of a stack that was never made, that was removed, or that is empty", () => {
  expect(leftoverOf(stack)).toBe("nothing");
  configure("/none.json");
  expect(leftoverOf(stack), "of which there is no state").toBe("nothing");
  writeState({ manifest: {} });
  expect(leftoverOf(stack), "as destroy leaves it").toBe("nothing");
  writeState(undefined);
  expect(leftoverOf(stack), "as it is made").toBe("nothing");
  noteKept(stack);
  expect(leftoverOf(stack), "and was kept before").toBe("nothing");
  writeState({ resources });
  rmSync(stackFile(checkout, stack));
  expect(leftoverOf(stack), "of another checkout that keeps its states there").toBe("nothing");
});

it.each([
  ["has resources", { resources }, {}],
  ["was killed in its first operation", { pending_operations: [{ type: "creating" }] }, {}],
  ["is of a backend without projects", { resources }, { project: "" }],
  ["is compressed", { resources }, { isCompressed: true }],
  ["cannot be read", "{", {}],
  ["is of no shape that is known", "[]", {}],
])("something may be left of a stack whose state %s", (_what, latest, how) => {
  configure("/none.json");
  writeState(latest, how);
  expect(leftoverOf(stack)).toBe("left");
  expect(leftoverText(stack, "left")).toBe(
    "stack campaign-pair97 is still deployed; end it with ./lab destroy campaign-pair97",
  );
});

it("what was kept on purpose is told from what a kill has left, until the stack is used again", () => {
  configure("/none.json");
  writeState({ resources });
  noteKept(stack);
  expect(leftoverOf(stack)).toBe("kept");
  expect(leftoverText(stack, "kept")).toMatch(/^stack campaign-pair97 is still deployed, as --keep has left it; end/);
  forgetKept(stack);
  expect(leftoverOf(stack)).toBe("left");
});

it("where states are in no folder, the stack's configuration tells", () => {
  vi.stubEnv("PULUMI_BACKEND_URL", "s3://bucket");
  expect(leftoverOf(stack)).toBe("nothing");
  configure("/none.json");
  expect(leftoverOf(stack)).toBe("left");
});

it("so it does where the stack is kept in a bucket, and before it moves what it left is taken down", async () => {
  const [first, second] = ["a", "b"].map((operator) => statePlaceOf({ bucket: "lab", prefix: "" }, operator));
  vi.stubEnv("PULUMI_BACKEND_URL", undefined);
  await keepIn(first, stack, async () => {});
  expect(leftoverOf(stack)).toBe("nothing");
  configure("/none.json");
  expect(leftoverOf(stack)).toBe("left");
  await expect(keepIn(second, stack, async () => {})).rejects.toThrow("has to be taken down first");
  expect(bucketOf(stack)).toEqual(first);
  await keepIn(second, stack, async () => rmSync(stackFile(checkout, stack)));
  expect(bucketOf(stack)).toEqual(second);
});

it("nothing is left on emulated servers that are down; on others it is, whatever the stack's configuration has become", async () => {
  vi.stubEnv("LAB_CACHE", folder);
  writeState({ resources });
  configure(hostsFile);
  expect(await leftoverOn(pair)).toBe("nothing");
  configure("/servers.json");
  expect(await leftoverOn(pair)).toBe("left");
  writeFileSync(stackFile(checkout, stack), "config:\n  sriov-rtt:unknown: 1\n");
  expect(await leftoverOn(pair)).toBe("left");
});
