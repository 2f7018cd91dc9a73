import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server as TcpServer } from "node:net";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { handshakeMs } from "../../lib/ssh/connect.ts";
import { makeTestStack, type TestStack } from "../support/stack.ts";

let stack: TestStack;
let inventory: { fidelity: string; hosts: Record<"sender" | "responder", Record<string, unknown>> };
const servers: { close(): unknown }[] = [];

const pem = () =>
  generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  }).privateKey;

/** An ssh server that accepts everybody and counts the commands that it is asked to run. */
function sshServer(hostKey: string): Promise<{ port: number; commands: string[] }> {
  const commands: string[] = [];
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on("authentication", (attempt) => attempt.accept());
    client.on("error", () => {});
    client.on("ready", () =>
      client.on("session", (accept) =>
        accept().on("exec", (acceptExec, _reject, { command }) => {
          commands.push(command);
          const channel = acceptExec();
          channel.exit(0);
          channel.end();
        }),
      ),
    );
  });
  servers.push(server);
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve({ port: (server.address() as AddressInfo).port, commands })),
  );
}

/** A port that takes connections and never says a word. */
function silentServer(): Promise<number> {
  const server: TcpServer = createServer(() => {});
  servers.push(server);
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
}

const publicKeyOf = (key: string) => {
  const parsed = ssh2.utils.parseKey(key);
  if (parsed instanceof Error) throw parsed;
  return `ssh-rsa ${parsed.getPublicSSH().toString("base64")}`;
};

let commands: string[];

beforeAll(async () => {
  stack = await makeTestStack("refusals");
  const [hostKey, clientKey] = [pem(), pem()];
  const keyFile = join(stack.folder, "id");
  writeFileSync(keyFile, clientKey, { mode: 0o600 });
  const image = join(stack.folder, "guest");
  mkdirSync(image);
  const sha256 = "0".repeat(64);
  writeFileSync(
    join(image, "manifest.json"),
    JSON.stringify({
      schemaVersion: 1,
      sha256,
      kernel: { file: "vmlinuz", sha256, release: "6" },
      initrd: { file: "initrd", sha256 },
      loadInitrd: { file: "initrd-load", sha256 },
    }),
  );
  const server = await sshServer(hostKey);
  commands = server.commands;
  const host = (port: number) => ({
    address: "127.0.0.1",
    port,
    privateKeyFile: keyFile,
    hostKey: publicKeyOf(hostKey),
    pfs: [{ name: "pf0", vfs: 7 }],
  });
  const second = await sshServer(hostKey);
  inventory = { fidelity: "emulated", hosts: { sender: host(server.port), responder: host(second.port) } };
});

afterAll(() => {
  for (const server of servers) server.close();
  stack.remove();
});

/** Runs `pulumi up` and expects it to fail before any resource exists. */
async function refused(config: Record<string, unknown>) {
  stack.configure({
    hosts: inventory,
    guestImage: join(stack.folder, "guest"),
    mainDriver: "virtio-bridge",
    ...config,
  });
  const start = performance.now();
  const { all, exitCode } = await stack.pulumi(["up", "--yes", "--skip-preview"]);
  const seconds = (performance.now() - start) / 1000;
  expect(exitCode).not.toBe(0);
  const { stdout } = await stack.pulumi(["stack", "export"]);
  const resources =
    (JSON.parse(stdout) as { deployment: { resources?: { type: string }[] } }).deployment.resources ?? [];
  expect(resources.filter(({ type }) => type !== "pulumi:pulumi:Stack")).toEqual([]);
  return { text: all, seconds };
}

const withSender = (change: object) => ({
  hosts: { ...inventory, hosts: { ...inventory.hosts, sender: { ...inventory.hosts.sender, ...change } } },
});

describe("pulumi up, with the real engine and the real program, refuses", () => {
  it("a wrong configuration by key, value and what is allowed, and asks no server", async () => {
    const before = commands.length;
    const { text } = await refused({ mainDriver: "e1001", runs: 0, colour: "blue" });
    for (const word of ["mainDriver", "e1001", "pci-passthrough", "runs", "at least 1", "colour", "no such key"])
      expect(text).toContain(word);
    expect(text).not.toMatch(/at .*\.ts:\d+/);
    expect(commands.length).toBe(before);
  });

  it("a missing host key", async () => {
    const { text } = await refused(withSender({ hostKey: undefined }));
    expect(text).toMatch(/hosts\.hosts\.sender\.hostKey: missing/);
  });

  it("a server that shows another host key", async () => {
    const { text } = await refused(withSender({ hostKey: publicKeyOf(pem()) }));
    expect(text).toMatch(/sender .*does not show the host key of the configuration.*refused/);
  });

  it("a server that refuses connections, sooner than one that never answers", async () => {
    const { text, seconds } = await refused(withSender({ port: 1 }));
    expect(text).toMatch(/sender .*ECONNREFUSED/);
    expect(seconds).toBeLessThan(handshakeMs / 1000);
  });

  it("a server that never answers, after the time for a handshake and what the engine takes anyway", async () => {
    const { seconds: withoutWaiting } = await refused(withSender({ port: 1 }));
    const { text, seconds } = await refused(withSender({ port: await silentServer() }));
    expect(text).toMatch(/sender .*no connection/);
    expect(seconds).toBeLessThan(handshakeMs / 1000 + 3 * withoutWaiting + 5);
  });

  it("a guest image that is not there", async () => {
    const { text } = await refused({ guestImage: "no/such/folder" });
    expect(text).toMatch(/guestImage.*no\/such\/folder.*\.\/lab images/);
  });
});
