import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { execa } from "execa";
import { LabError } from "../../lib/errors.ts";
import { waitingFor, withLock } from "../../lib/lock.ts";
import type { Progress } from "../../lib/progress.ts";
import { publishFolder } from "../../lib/publish.ts";
import { download } from "./download.ts";
import { sdkVersion } from "./versions.ts";

/** Where Pulumi's releases are: folders with a file, without a slash at the end. */
export interface ReleaseHosts {
  archives: string;
  checksums: string;
}

/** Two places on purpose: who can change what one of them serves is noticed by the other. */
export const pulumiReleases: ReleaseHosts = {
  archives: "https://get.pulumi.com/releases/sdk",
  checksums: `https://github.com/pulumi/pulumi/releases/download/v${sdkVersion()}`,
};

/** That there is no way to the Internet is known after so long. */
const reachableMs = 5_000;
/** 150 MB over a slow line. */
const archiveMs = 30 * 60_000;

const archiveName = () => `pulumi-v${sdkVersion()}-${process.platform}-${process.arch}.tar.gz`;
const checksumsName = () => `pulumi-${sdkVersion()}-checksums.txt`;
const releaseRoot = (folder: string) => join(folder, `official-${sdkVersion()}-${process.arch}`);

/** The folder of the official engine below `folder`, or undefined where it is not there. */
export function unpackedRelease(folder: string): string | undefined {
  const bin = join(releaseRoot(folder), "bin");
  return existsSync(join(bin, "pulumi")) ? bin : undefined;
}

/**
 * The SHA-256 of a file, from a list as sha256sum writes it.
 * @returns undefined where the list does not have the file, or has it twice with different sums
 */
export function checksumOf(name: string, list: string): string | undefined {
  const sums = list.split("\n").flatMap((line) => {
    const [, sum, file] = /^([0-9a-fA-F]{64}) [ *](\S+)\s*$/.exec(line) ?? [];
    return sum !== undefined && file === name ? [sum.toLowerCase()] : [];
  });
  return new Set(sums).size === 1 ? sums[0] : undefined;
}

async function sha256OfFile(path: string): Promise<string> {
  const sum = createHash("sha256");
  await pipeline(createReadStream(path), sum);
  return sum.digest("hex");
}

/** Fetches the archive and unpacks it, once it is what the release's list says. @throws LabError when it is not */
async function fetchRelease(hosts: ReleaseHosts, expected: string, temporary: string): Promise<void> {
  const url = `${hosts.archives}/${archiveName()}`;
  const aside = await mkdtemp(`${temporary}.archive-`);
  try {
    const archive = join(aside, archiveName());
    const fetched = await download(url, archive, archiveMs);
    if (fetched.outcome !== "done") throw new LabError(`${url} could not be fetched: ${fetched.why}`);
    const found = await sha256OfFile(archive);
    if (found !== expected)
      throw new LabError(
        `${url} has SHA-256 ${found}, and ${hosts.checksums}/${checksumsName()} says ${expected}: ` +
          "it was damaged on the way, or it is not the release. Nothing of it was used. " +
          "Try again; if it stays so, install Pulumi by hand and put it on PATH",
      );
    const bin = join(temporary, "bin");
    const options = ["--extract", "--gzip", "--no-same-owner", "--one-top-level=bin", "--strip-components=1"];
    await execa("tar", [...options, "--file", archive], { cwd: temporary });
    if (!existsSync(join(bin, "pulumi"))) throw new LabError(`${url} holds no pulumi/pulumi`);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** The sum that the release's own list has for our archive; undefined where it cannot be had, which is told if odd. */
async function publishedChecksum(hosts: ReleaseHosts, folder: string, progress: Progress): Promise<string | undefined> {
  const url = `${hosts.checksums}/${checksumsName()}`;
  const aside = await mkdtemp(join(folder, "checksums-"));
  try {
    const file = join(aside, checksumsName());
    const fetched = await download(url, file, reachableMs);
    if (fetched.outcome === "refused") progress.say(`Pulumi's release cannot be verified: ${fetched.why}`);
    if (fetched.outcome !== "done") return undefined;
    const sum = checksumOf(archiveName(), await readFile(file, "utf8"));
    if (sum === undefined) progress.say(`Pulumi's release cannot be verified: ${url} has no sum for ${archiveName()}`);
    return sum;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/**
 * Fetches the official engine as a release archive over HTTPS, and verifies it by the SHA-256 that the release publishes,
 * from another host than the archive's, before a byte of it is unpacked. No downloaded script runs. That the Internet
 * cannot be reached is known after 5 s and no error: there are machines without it, and nothing of that is remembered.
 * @param folder where engines are kept; it exists
 * @returns the folder of `pulumi`, or undefined when there is no release to be had
 * @throws LabError when the archive is not what the release says, or cannot be fetched though its sum could
 */
export async function fetchedRelease(
  folder: string,
  hosts: ReleaseHosts,
  progress: Progress,
): Promise<string | undefined> {
  const root = releaseRoot(folder);
  const what = `Pulumi ${sdkVersion()}`;
  await withLock(root, { what, onWait: (holder) => progress.say(waitingFor(what, holder)) }, async () => {
    if (unpackedRelease(folder)) return;
    const expected = await publishedChecksum(hosts, folder, progress);
    if (expected === undefined) return;
    await progress.step(`fetching ${what}`, () =>
      publishFolder(root, (temporary) => fetchRelease(hosts, expected, temporary)),
    );
  });
  return unpackedRelease(folder);
}
