import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { protectState, stateFolder } from "../../../cli/setup/state.ts";
import { withProtectedState } from "../../../cli/stack/around-pulumi.ts";
import { adviceAfter, goesToServers, namedStack } from "../../../cli/stack/pulumi.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab state, +%-"));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (...path: string[]) => (statSync(join(folder, ...path)).mode & 0o777).toString(8);

/** A file as Pulumi writes one: for everybody to read. */
function write(...path: string[]): void {
  mkdirSync(join(folder, ...path.slice(0, -1)), { recursive: true, mode: 0o755 });
  writeFileSync(join(folder, ...path), "{}", { mode: 0o644 });
}

it("closes a state that is there, and leaves what the user has beside it", () => {
  write(".pulumi", "stacks", "sriov-rtt", "sender.json");
  write(".pulumi", "backups", "sriov-rtt", "sender", "sender.1.json");
  write("mine.txt");
  symlinkSync(join(folder, "mine.txt"), join(folder, ".pulumi", "link"));
  protectState(pathToFileURL(folder).href);
  expect(modeOf(".pulumi")).toBe("700");
  expect(modeOf(".pulumi", "stacks", "sriov-rtt")).toBe("700");
  expect(modeOf(".pulumi", "stacks", "sriov-rtt", "sender.json")).toBe("600");
  expect(modeOf(".pulumi", "backups", "sriov-rtt", "sender", "sender.1.json")).toBe("600");
  expect([modeOf(), modeOf("mine.txt")]).toEqual(["755", "644"]);
});

it("closes what a command has written, also when it fails", async () => {
  const failing = withProtectedState({ PULUMI_BACKEND_URL: pathToFileURL(folder).href }, async () => {
    write(".pulumi", "meta.yaml");
    throw new Error("pulumi failed");
  });
  await expect(failing).rejects.toThrow("pulumi failed");
  expect(modeOf(".pulumi", "meta.yaml")).toBe("600");
});

it("knows which backends are files", () => {
  expect(stateFolder("file:///a%20b/c?no_tmp_dir=true")).toBe("/a b/c/.pulumi");
  for (const url of ["s3://bucket", "file://~", "https://api.pulumi.com", "file:///%zz", ""])
    expect(stateFolder(url)).toBeUndefined();
});

it("knows which commands of pulumi go to the servers", () => {
  for (const words of ["up", "-C bench up --yes", "destroy -s x", "refresh", "pre"])
    expect(goesToServers(words.split(" ")), words).toBe(true);
  for (const words of ["stack ls", "config set runs 3", "--help"])
    expect(goesToServers(words.split(" ")), words).toBe(false);
});

it("knows which stack pulumi is told, by whichever way of telling it", () => {
  for (const words of ["up --stack x", "-s x destroy", "cancel --stack=x --yes", "cancel -s=x", "cancel -sx"])
    expect(namedStack(words.split(" ")), words).toBe("x");
  for (const words of ["stack ls", "stack select x", "up --stack", "--show-secrets"])
    expect(namedStack(words.split(" ")), words).toBeUndefined();
});

describe("what is said after pulumi's configuration commands", () => {
  it("a failure without a stack says how to name and make one, one with a stack how to make it", () => {
    expect(adviceAfter(["config", "set", "runs", "3"], 255)).toMatch(/--stack NAME.*\.\/lab pulumi stack init NAME/);
    expect(adviceAfter(["config", "set", "runs", "3", "--stack", "mine"], 255)).toMatch(/stack init STACK/);
  });

  it("a success says where keys and values are checked, and other commands say nothing", () => {
    expect(adviceAfter(["config", "set", "nonsense", "3"], 0)).toMatch(/any key.*\.\/lab up STACK checks/);
    for (const words of [["config"], ["stack", "ls"], ["--help"]]) expect(adviceAfter(words, 0)).toBeNull();
    expect(adviceAfter(["up"], 1)).toBeNull();
  });
});
