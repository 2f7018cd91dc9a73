import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connectionTo } from "../../../infra/connection.ts";
import { Gateway } from "../../../infra/gateway/gateway.ts";
import { libvirtUri, socketsOf } from "../../../infra/gateway/sockets.ts";
import type { SshTarget } from "../../../lib/ssh/target.ts";
import { type LibvirtServer, startLibvirt } from "../../support/libvirt-server.ts";
import { type Sshd, startSshd } from "../../support/sshd.ts";
import { Project } from "../engine/project.ts";

/** What a server's libvirt and its shell are asked for, in one stack. */
const program = `import { readFileSync } from "node:fs";
import { remote } from "@pulumi/command";
import * as libvirt from "@pulumi/libvirt";

const { uri, connection, pool } = JSON.parse(readFileSync(new URL("./resources.json", import.meta.url), "utf8"));
const provider = new libvirt.Provider("server", { uri });
new libvirt.Pool("pool", { name: pool, type: "dir", target: { path: "/run/" + pool } }, { provider });
export const stdout = { who: new remote.Command("who", { connection, create: "id -u" }).stdout };
`;

let project: Project;
let libvirt: LibvirtServer;
let jump: Sshd;
let sshd: Sshd;
let gateway: Gateway;
let folder: string;
let target: SshTarget;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lab-providers-"));
  project = await Project.make();
  project.write("infra/index.ts", program);
  libvirt = await startLibvirt();
  jump = await startSshd({ users: { traveller: { shell: "/usr/sbin/nologin" } } });
  const user = "o'dd +%u, ü";
  sshd = await startSshd({
    users: { [user]: { shell: "/bin/bash" } },
    hostKeys: ["ed25519", "ecdsa"],
    config: [
      ...["ListenAddress ::1", "AllowStreamLocalForwarding no"],
      `ForceCommand exec ${libvirt.enter} sh -c "$SSH_ORIGINAL_COMMAND"`,
    ],
  });
  const privateKeyFile = join(folder, "key of mine, +%2F ü$HOME");
  symlinkSync(sshd.privateKeyFile, privateKeyFile);
  const hostKey = sshd.hostKeys.ecdsa ?? "";
  target = { ...sshd.target(), address: "::1", hostKey, privateKeyFile, jump: jump.target() };
  // What would lead a client astray that reads it.
  mkdirSync(join(folder, ".ssh"));
  writeFileSync(
    join(folder, ".ssh", "config"),
    "Host *\n  HostName 192.0.2.1\n  Port 1\n  User nobody\n  ProxyJump nowhere\n  HostKeyAlgorithms ssh-rsa\n  IdentityFile /none\n",
  );
  project.env.HOME = folder;
  gateway = await Gateway.open(join(folder, "servers"));
  await gateway.announce([{ name: "sender", target }]);
}, 120_000);

afterAll(async () => {
  await gateway.close();
  await Promise.all([sshd.stop(), jump.stop(), libvirt.stop()]);
  project.remove();
  rmSync(folder, { recursive: true });
});

function declare(pool: string): void {
  const resources = { uri: libvirtUri(target), connection: connectionTo(target), pool };
  project.write("infra/resources.json", JSON.stringify(resources));
}

it("both providers reach a server by its one description, and no key enters the state", async () => {
  declare("first");
  const { code, output } = await project.up();
  expect(code, output).toBe(0);
  expect(await project.stdout()).toEqual({ who: "0" });
  const state = await project.openState();
  expect(state).toContain(socketsOf(target).libvirt);
  for (const { privateKeyFile } of [sshd, jump]) {
    const [, ...lines] = readFileSync(privateKeyFile, "utf8").trim().split("\n");
    for (const line of lines.slice(0, -1)) expect(state).not.toContain(line);
  }
});

it("a gateway that was opened anew knows the servers of a state, without the program", async () => {
  await gateway.close();
  gateway = await Gateway.open(join(folder, "servers"));
  const { code, output } = await project.pulumi("destroy", "--yes", "--skip-preview");
  expect(code, output).toBe(0);
  expect(output).toContain("deleted");
});
