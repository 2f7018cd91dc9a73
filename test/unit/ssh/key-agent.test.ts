import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPrivateKey, serveKey } from "../../../lib/ssh/key-agent.ts";

let folder: string;
const servers: Server[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-agent-"));
});
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

function makeKey(name: string, ...options: string[]): string {
  const file = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-C", "", "-N", "", ...options, "-f", file]);
  return file;
}

async function agentWith(file: string): Promise<{ agent: ssh2.OpenSSHAgent; path: string }> {
  const path = join(folder, `agent-${servers.length}`);
  const server = createServer((socket) => serveKey(socket, file));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { agent: new ssh2.OpenSSHAgent(path), path };
}

const kinds: [string, string[]][] = [
  ["ed25519", ["-t", "ed25519"]],
  ["ecdsa-256", ["-t", "ecdsa", "-b", "256"]],
  ["ecdsa-384", ["-t", "ecdsa", "-b", "384"]],
  ["ecdsa-521", ["-t", "ecdsa", "-b", "521"]],
  ["rsa", ["-t", "rsa", "-b", "2048"]],
  ["pem", ["-t", "rsa", "-b", "2048", "-m", "PEM"]],
];

/** OpenSSH signs with an agent's key, and verifies what the agent gave it (ssh-keygen(1), -Y). */
async function signWithOpenSsh(file: string, socket: string, data: string): Promise<void> {
  const env = { ...process.env, SSH_AUTH_SOCK: socket };
  const message = join(folder, "message");
  writeFileSync(message, data);
  rmSync(`${message}.sig`, { force: true });
  await promisify(execFile)("ssh-keygen", ["-Y", "sign", "-f", `${file}.pub`, "-n", "test", message], { env });
  const verify = ["-Y", "check-novalidate", "-n", "test", "-s", `${message}.sig`];
  execFileSync("ssh-keygen", verify, { input: data, stdio: ["pipe", "ignore", "pipe"] });
}

describe("an agent with a key", { timeout: 60_000 }, () => {
  it.each(kinds)("of %s signs what OpenSSH verifies", async (name, options) => {
    const file = makeKey(name, ...options);
    const { path } = await agentWith(file);
    // ECDSA's two numbers are of different lengths: in these many signatures each has had each.
    const times = name.startsWith("ecdsa") ? 12 : 1;
    for (let index = 0; index < times; index++) await signWithOpenSsh(file, path, `message ${index}`);
  });

  it("does not sign for another key", async () => {
    const { agent } = await agentWith(makeKey("own", "-t", "ed25519"));
    const other = readPrivateKey(makeKey("other", "-t", "ed25519"));
    const failure = await new Promise((resolve) => {
      agent.sign(other, Buffer.from("data"), {}, (error) => resolve(error));
    });
    expect(failure).toBeInstanceOf(Error);
  });

  it("lists it to ssh-add", async () => {
    const file = makeKey("listed", "-t", "ed25519");
    const { path: socket } = await agentWith(file);
    const list = await promisify(execFile)("ssh-add", ["-L"], {
      env: { ...process.env, SSH_AUTH_SOCK: socket },
    });
    expect(list.stdout.split(" ")[1]).toBe(readFileSync(`${file}.pub`, "utf8").split(" ")[1]);
  });
});

describe("a key that cannot be used is refused with the reason", () => {
  it("when it has a passphrase, and says that an agent could have it", () => {
    const file = join(folder, "locked");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "secret", "-C", "", "-f", file]);
    expect(() => readPrivateKey(file)).toThrow(
      /locked cannot be used: .*passphrase.*ssh-add it, and leave privateKeyFile out/s,
    );
  });

  it("when it is public, no key, or not there", () => {
    const nothing = join(folder, "nothing");
    writeFileSync(nothing, "nothing");
    expect(() => readPrivateKey(`${makeKey("public", "-t", "ed25519")}.pub`)).toThrow(/public key/);
    expect(() => readPrivateKey(nothing)).toThrow(/nothing cannot be used/);
    expect(() => readPrivateKey(join(folder, "absent"))).toThrow(/absent cannot be read: ENOENT/);
  });
});
