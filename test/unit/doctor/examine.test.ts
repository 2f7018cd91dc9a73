import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { doctor } from "../../../cli/doctor/run.ts";
import type { Host, Inventory } from "../../../infra/config/hosts.ts";
import { examine } from "../../../infra/doctor/examine.ts";
import { type SshServer, startSshServer } from "../../integration/engine/ssh-server.ts";
import { makeKey } from "../engine/keys.ts";
import { host } from "./subject.ts";

let folder: string;
let server: SshServer;
let reachable: Host;
let closedPort: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lab-doctor-"));
  server = await startSshServer();
  const privateKeyFile = join(folder, "key");
  writeFileSync(privateKeyFile, server.privateKey, { mode: 0o600 });
  reachable = {
    ...host,
    address: "127.0.0.1",
    port: server.port,
    hostKey: server.hostKey,
    privateKeyFile,
    pfs: [{ name: "lo", vfs: 0 }],
  };
  closedPort = await new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(address !== null && typeof address === "object" ? address.port : 0));
    });
  });
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const pair = (sender: Host, responder: Host): Inventory => ({ fidelity: "hardware", hosts: { sender, responder } });
const failed = (what: string, why: RegExp) => ({
  failure: { what, status: "missing", found: expect.stringMatching(why) },
});
const step = <T>(_label: string, body: () => Promise<T>) => body();

/** Runs the doctor on a file that describes two servers, and collects what it says meanwhile. */
async function examineFile(inventory: object) {
  const file = join(folder, "servers.json");
  writeFileSync(file, JSON.stringify(inventory));
  const said: string[] = [];
  const progress = { say: (line: string) => said.push(line.replace(file, "FILE")), step };
  const words = { hosts: file, write: true, json: true } as const;
  return { said, ...(await doctor(undefined, words, { checkout: folder, progress })) };
}

// The servers are this machine behind an ssh server of our own, so what they have is not asserted.
describe("both servers", { timeout: 60_000 }, () => {
  it("are asked side by side; one that does not answer does not spoil the other", async () => {
    const examined = await examine(pair(reachable, { ...reachable, port: closedPort }));
    expect(examined.sender).toMatchObject({ facts: { interfaces: expect.arrayContaining(["lo"]) } });
    expect(examined.responder).toMatchObject(
      failed("ssh and host key", /^responder .*no connection: .*ECONNREFUSED.*Is the server up/),
    );
  });

  it("must show the host key that is configured", async () => {
    const examined = await examine(pair({ ...reachable, hostKey: makeKey().public }, reachable));
    expect(examined.sender).toMatchObject(failed("ssh and host key", /does not show the host key/));
    expect(examined.responder).toHaveProperty("facts");
  });

  it("are not reached with a key that is none", async () => {
    const notAKey = join(folder, "not-a-key");
    writeFileSync(notAKey, "nothing");
    const nowhere = join(folder, "nowhere");
    const examined = await examine(
      pair({ ...reachable, privateKeyFile: notAKey }, { ...reachable, privateKeyFile: nowhere }),
    );
    expect(examined.sender).toMatchObject(failed("ssh and host key", /privateKey/));
    expect(examined.responder).toMatchObject(failed("ssh and host key", /nowhere cannot be read/));
  });

  it("are given up after a while, without the script in the message", async () => {
    const examined = await examine(pair(reachable, reachable), undefined, { connectMs: 10_000, answerMs: 1 });
    expect(examined.sender).toMatchObject(
      failed("answer", /gave up after 0.001 s: \(the doctor's script\); its processes on the server were ended$/),
    );
  });
});

describe("the whole of it", { timeout: 60_000 }, () => {
  it("writes what was found before it judges what is stated, and prints JSON", async () => {
    const { cpus: _, memoryMiB: __, ...unsaid } = reachable;
    const { text, diagnosis } = await examineFile(pair(unsaid, { ...reachable, port: closedPort }));
    expect(JSON.parse(text)).toEqual(diagnosis);
    expect(diagnosis.ok).toBe(false);
    expect(diagnosis.servers.responder).toHaveLength(1);
    expect(diagnosis.servers.sender).toContainEqual({
      server: "sender",
      what: "stated capacity",
      status: "ok",
      found: expect.stringMatching(/^cpus \d+, memoryMiB \d+, pfs\.0\.totalVfs 0$/),
    });
  });

  it("says of which servers it wrote what they can do, and of which it could not", async () => {
    const nowhere = { ...reachable, port: closedPort };
    const { cpus: _, ...unsaid } = reachable;
    expect((await examineFile(pair(unsaid, nowhere))).said).toEqual([
      "FILE: wrote what sender can do",
      "FILE: nothing to write of responder, which did not answer",
    ]);
    const other = { ...nowhere, address: "localhost" };
    expect((await examineFile(pair(nowhere, other))).said).toEqual([
      "FILE: nothing to write of sender and responder, which did not answer",
    ]);
  });
});
