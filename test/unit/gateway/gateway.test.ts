import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { announceServers, Gateway } from "../../../infra/gateway/gateway.ts";
import { listenAt } from "../../../infra/gateway/listener.ts";
import { socketsOf } from "../../../infra/gateway/sockets.ts";

let folder: string;
let keyFile: string;
let gateway: Gateway;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "lab-gateway-"));
  keyFile = join(folder, "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", keyFile]);
  gateway = await Gateway.open(join(folder, "servers"));
});
afterEach(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true });
});

const server = () => ({
  address: "192.0.2.1",
  port: 22,
  user: "root",
  hostKey: "ssh-ed25519 AAAA",
  privateKeyFile: keyFile,
});
const keysOf = (socket: string) =>
  new Promise<string>((resolve) => {
    const env = { ...process.env, SSH_AUTH_SOCK: socket };
    execFile("ssh-add", ["-L"], { env }, (_error, stdout) => resolve(stdout));
  });

it("takes servers that a program announces, behind a folder that others cannot enter", async () => {
  await announceServers([{ name: "sender", target: server() }], "untried", gateway.env);
  const { agent } = socketsOf(server());
  expect((await keysOf(agent)).split(" ")[1]).toBe(readFileSync(`${keyFile}.pub`, "utf8").split(" ")[1]);
  expect((statSync(dirname(agent)).mode & 0o777).toString(8)).toBe("700");
});

it("remembers how they are reached, and no key", async () => {
  await announceServers([{ name: "sender", target: server() }], "untried", gateway.env);
  await gateway.close();
  const [file = ""] = readdirSync(join(folder, "servers"));
  const text = readFileSync(join(folder, "servers", file), "utf8");
  expect(JSON.parse(text)).toEqual({ name: "sender", target: server() });
  expect((statSync(join(folder, "servers", file)).mode & 0o777).toString(8)).toBe("600");
  writeFileSync(join(folder, "servers", "other.json"), "{}");
  gateway = await Gateway.open(join(folder, "servers"));
  expect(await keysOf(socketsOf(server()).agent)).toContain("ssh-ed25519");
});

it("remembers where the providers' ways led, until libvirt is not reached", async () => {
  const servers = [{ name: "sender", target: server() }];
  expect(await announceServers(servers, "untried", gateway.env)).toEqual([]);
  expect(await announceServers(servers, "tried", gateway.env)).toEqual(["sender"]);
  expect(await announceServers(servers, "untried", gateway.env)).toEqual(["sender"]);
  // Its host key is none, so no connection comes about.
  await new Promise<void>((resolve) => connect(socketsOf(server()).libvirt).once("close", () => resolve()));
  expect(await announceServers(servers, "untried", gateway.env)).toEqual([]);
});

it("refuses a key that cannot be used, by server and file", async () => {
  const absent = { ...server(), privateKeyFile: join(folder, "absent") };
  await expect(announceServers([{ name: "sender", target: absent }], "untried", gateway.env)).rejects.toThrow(
    /^sender \(ssh root@192\.0\.2\.1:22\): privateKeyFile .*absent cannot be read/,
  );
  const through = { ...server(), jump: absent };
  await expect(announceServers([{ name: "sender", target: through }], "untried", gateway.env)).rejects.toThrow(
    /^sender's jump host /,
  );
});

it("is missed with words that say what to do", async () => {
  const announced = [{ name: "sender", target: server() }];
  await expect(announceServers(announced, "untried", {})).rejects.toThrow(/not started by \.\/lab.*\.\/lab up STACK/);
  await expect(announceServers(announced, "untried", { LAB_GATEWAY: join(folder, "gone") })).rejects.toThrow(
    /not started by .*ENOENT/,
  );
});

it("takes the place of one that was killed, and leaves that of one that serves", async () => {
  const path = join(folder, "socket");
  const script = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  expect(() => execFileSync(process.execPath, ["-e", script], { stdio: "ignore" })).toThrow();
  const answered = () =>
    new Promise<string>((resolve) => {
      const socket = connect(path);
      socket.once("data", (data) => resolve(data.toString()));
      socket.once("error", (error) => resolve(error.message));
    });
  const first = await listenAt(path, (socket) => socket.write("first"));
  const second = await listenAt(path, (socket) => socket.write("second"));
  expect(await answered()).toBe("first");
  second.close();
  expect(await answered()).toBe("first");
  first.close();
  expect(await answered()).toMatch(/ENOENT|ECONNREFUSED/);
});

it("asks the user's own agent for a server without a key file", async () => {
  const own = createServer((socket) => socket.destroy());
  const path = join(folder, "own-agent");
  await new Promise<void>((resolve) => own.listen(path, resolve));

  const asked = new Promise((resolve) => own.once("connection", resolve));
  const before = process.env.SSH_AUTH_SOCK;
  process.env.SSH_AUTH_SOCK = path;
  try {
    const { privateKeyFile: _, ...keyless } = server();
    await gateway.announce([{ name: "sender", target: keyless }]);
    await keysOf(socketsOf(keyless).agent);
    await asked;
  } finally {
    if (before === undefined) delete process.env.SSH_AUTH_SOCK;
    else process.env.SSH_AUTH_SOCK = before;
    own.close();
  }
});
