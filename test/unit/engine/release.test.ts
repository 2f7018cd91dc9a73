import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sha256 } from "../../../lib/canonical.ts";
import type { Progress } from "../../../lib/progress.ts";
import { checksumOf, fetchedRelease, pulumiReleases, unpackedRelease } from "../../../tools/engine/release.ts";
import { sdkVersion } from "../../../tools/engine/versions.ts";

const archiveName = `pulumi-v${sdkVersion()}-${process.platform}-${process.arch}.tar.gz`;
const checksumsName = `pulumi-${sdkVersion()}-checksums.txt`;

let folder: string;
let cache: string;
let server: Server;
let said: string[];
let asked: string[];
/** What the release host answers, by path. */
let answers: Record<string, RequestListener>;

const progress: Progress = {
  say: (line) => void said.push(line),
  step: (label, body) => {
    said.push(label);
    return body();
  },
};

const file =
  (content: Buffer | string): RequestListener =>
  (_request, response) =>
    void response.end(content);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "release-"));
  cache = join(folder, "cache");
  mkdirSync(cache);
  [said, asked, answers] = [[], [], {}];
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const answer = answers[request.url ?? ""];
    if (answer) answer(request, response);
    else response.writeHead(404).end("not found");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const hosts = () => {
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { archives: `${base}/sdk`, checksums: `${base}/release` };
};
const fetched = () => fetchedRelease(cache, hosts(), progress);

/** An archive as Pulumi's releases are: one folder with the programs in it. */
function archive(programs: readonly string[] = ["pulumi", "pulumi-language-nodejs"]): Buffer {
  const content = join(folder, "content", "pulumi");
  mkdirSync(content, { recursive: true });
  for (const name of programs) writeFileSync(join(content, name), "#!/bin/sh\n", { mode: 0o755 });
  const path = join(folder, "made.tar.gz");
  execFileSync("tar", ["--create", "--gzip", "--file", path, "--directory", join(folder, "content"), "pulumi"]);
  return readFileSync(path);
}

function publish(content: Buffer, sum: string = sha256(content)): void {
  answers[`/sdk/${archiveName}`] = file(content);
  answers[`/release/${checksumsName}`] = file(`${"0".repeat(64)}  pulumi-other.tar.gz\n${sum}  ${archiveName}\n`);
}

describe("the official release", { timeout: 60_000 }, () => {
  it("is fetched over TLS from two hosts, and no script of theirs is asked for", () => {
    const urls = Object.values(pulumiReleases).map((url) => new URL(url));
    for (const { protocol } of urls) expect(protocol).toBe("https:");
    expect(new Set(urls.map(({ host }) => host)).size).toBe(2);
  });

  it("is unpacked when its sum is the published one, once", async () => {
    publish(archive());
    const bin = await fetched();
    expect(bin).toBe(unpackedRelease(cache));
    expect(readdirSync(bin ?? "").sort()).toEqual(["pulumi", "pulumi-language-nodejs"]);
    expect(await fetched()).toBe(bin);
    expect(asked).toEqual([`/release/${checksumsName}`, `/sdk/${archiveName}`]);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  it("is refused with both sums when it is not what was published, and nothing of it stays", async () => {
    const content = archive();
    const other = "f".repeat(64);
    publish(content, other);
    await expect(fetched()).rejects.toThrow(
      new RegExp(`${archiveName} has SHA-256 ${sha256(content)}, and .*${checksumsName} says ${other}.*Nothing of it`),
    );
    expect(readdirSync(cache)).toEqual([]);
    expect(unpackedRelease(cache)).toBeUndefined();
  });

  it("is refused when it ends too early", async () => {
    const content = archive();
    publish(content);
    answers[`/sdk/${archiveName}`] = (_request, response) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 20));
      setTimeout(() => response.destroy(), 50);
    };
    await expect(fetched()).rejects.toThrow(/pulumi-v.*could not be fetched: /);
    expect(readdirSync(cache)).toEqual([]);
  });

  it("that its own host does not have is an error which says so", async () => {
    publish(archive());
    delete answers[`/sdk/${archiveName}`];
    await expect(fetched()).rejects.toThrow(/could not be fetched: .*HTTP 404/);
  });

  it("without the programs in it is refused", async () => {
    publish(archive(["README"]));
    await expect(fetched()).rejects.toThrow(/holds no pulumi\/pulumi/);
    expect(readdirSync(cache)).toEqual([]);
  });

  it.each<[string, RequestListener | undefined, RegExp]>([
    ["no list of sums", undefined, /cannot be verified: .*HTTP 404/],
    ["a list without our archive", file("<html>sign in</html>"), /cannot be verified: .* has no sum for pulumi-v/],
  ])("is not fetched where there is %s, and it says so", async (_what, list, words) => {
    publish(archive());
    if (list) answers[`/release/${checksumsName}`] = list;
    else delete answers[`/release/${checksumsName}`];
    expect(await fetched()).toBeUndefined();
    expect(said).toEqual([expect.stringMatching(words)]);
    expect(asked).toEqual([`/release/${checksumsName}`]);
    expect(readdirSync(cache)).toEqual([]);
  });

  it("is no error where nobody answers, and nothing is said", async () => {
    const nowhere = { archives: "http://127.0.0.1:9", checksums: "http://127.0.0.1:9" };
    expect(await fetchedRelease(cache, nowhere, progress)).toBeUndefined();
    expect(said).toEqual([]);
  });

  it("goes through the proxy that the environment names", async () => {
    publish(archive());
    const tunnels: string[] = [];
    server.on("connect", ({ url }, client: Socket, head) => {
      tunnels.push(url ?? "");
      const onward = connect((server.address() as AddressInfo).port, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        onward.write(head);
        onward.pipe(client).pipe(onward);
      });
      for (const socket of [client, onward]) socket.on("error", () => socket.destroy());
      client.on("close", () => onward.destroy());
    });
    vi.stubEnv("http_proxy", new URL(hosts().archives).origin);
    try {
      const base = "http://pulumi.example.test";
      const found = await fetchedRelease(cache, { archives: `${base}/sdk`, checksums: `${base}/release` }, progress);
      expect(existsSync(join(found ?? "", "pulumi"))).toBe(true);
      expect(tunnels).toEqual(["pulumi.example.test:80", "pulumi.example.test:80"]);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe("checksumOf", () => {
  const sum = "ab".repeat(32);

  it("reads text and binary lines of sha256sum", () => {
    expect(checksumOf("a", `${sum}  a\n`)).toBe(sum);
    expect(checksumOf("a", `${sum.toUpperCase()} *a`)).toBe(sum);
  });

  it("knows no sum of a file that is not there, is there twice with two sums, or only as part of a name", () => {
    expect(checksumOf("a", "")).toBeUndefined();
    expect(checksumOf("a", `${sum}  ba\n${sum}  a.txt`)).toBeUndefined();
    expect(checksumOf("a", `${sum}  a\n${"cd".repeat(32)}  a`)).toBeUndefined();
    expect(checksumOf("a", `${sum.slice(1)}  a`)).toBeUndefined();
  });
});
