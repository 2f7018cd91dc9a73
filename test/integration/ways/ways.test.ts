import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandWay, libvirtWay, tryWays } from "../../../infra/doctor/ways.ts";
import { Gateway } from "../../../infra/gateway/gateway.ts";
import type { SshTarget } from "../../../lib/ssh/target.ts";
import { type LibvirtServer, startLibvirt } from "../../support/libvirt-server.ts";
import { type KeyType, type Sshd, type SshdOptions, startSshd } from "../../support/sshd.ts";

let libvirt: LibvirtServer;
let gateway: Gateway;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lab-ways-"));
  gateway = await Gateway.open(null);
  libvirt = await startLibvirt();
});
afterAll(async () => {
  await gateway.close();
  await libvirt.stop();
  rmSync(folder, { recursive: true });
});

/** Where commands run beside libvirt's daemon. @param before shell words that run first */
const besideLibvirt = (before = "") => `ForceCommand ${before} exec ${libvirt.enter} sh -c "$SSH_ORIGINAL_COMMAND"`;

async function waysOf(target: SshTarget): Promise<Record<string, string | undefined>> {
  await gateway.announce([{ name: "sender", target }]);
  const ways = await tryWays("sender", target, 15_000);
  return Object.fromEntries(ways.map(({ what, failure }) => [what, failure]));
}

async function withSshd<T>(options: SshdOptions, body: (sshd: Sshd) => Promise<T>): Promise<T> {
  const sshd = await startSshd(options);
  try {
    return await body(sshd);
  } finally {
    await sshd.stop();
  }
}

const open = { [commandWay]: undefined, [libvirtWay]: undefined };

/** Where commands run in which these programs cannot be executed. */
const without = (...programs: string[]) =>
  `ForceCommand exec ${libvirt.enter} unshare --mount sh -c '${programs.map((each) => `mount --bind /dev/null $(command -v ${each}) && `).join("")} exec sh -c "$SSH_ORIGINAL_COMMAND"'`;

describe("all ways to a server are open", { timeout: 60_000 }, () => {
  const types: KeyType[] = ["ed25519", "ecdsa", "rsa"];

  it("with a host key of each type, though the server has others, on IPv4 and IPv6", async () => {
    const config = ["ListenAddress ::1", besideLibvirt()];
    await withSshd({ hostKeys: types, config }, async (sshd) => {
      for (const type of types)
        for (const address of ["127.0.0.1", "::1"])
          expect(await waysOf({ ...sshd.target(), address, hostKey: sshd.hostKeys[type] ?? "" }), type).toEqual(open);
    });
  });

  it("where sshd does not forward sockets", async () => {
    await withSshd({ config: ["AllowStreamLocalForwarding no", besideLibvirt()] }, async (sshd) =>
      expect(await waysOf(sshd.target())).toEqual(open),
    );
  });

  it("where the login shell has something to say first", async () => {
    await withSshd({ config: [besideLibvirt("echo Welcome; echo to the lab >&2;")] }, async (sshd) =>
      expect(await waysOf(sshd.target())).toEqual(open),
    );
  });

  it("where there is no helper of libvirt's, but nc", async () => {
    await withSshd({ config: [without("virt-ssh-helper")] }, async (sshd) =>
      expect(await waysOf(sshd.target())).toEqual(open),
    );
  });

  it("for a user, a key and an agent of any name", async () => {
    const user = "DOMAIN\\o'dd +%u, ü";
    const file = join(folder, "my key, +%2F ü$HOME");
    await withSshd({ users: { [user]: { shell: "/bin/sh" } }, config: [besideLibvirt()] }, async (sshd) => {
      symlinkSync(sshd.privateKeyFile, file);
      expect(await waysOf({ ...sshd.target(user), privateKeyFile: file })).toEqual(open);
    });
  });

  it("through a jump host with another user, key and host key", async () => {
    const users = { traveller: { shell: "/usr/sbin/nologin" } };
    await withSshd({ users, hostKeys: ["ecdsa"] }, (jump) =>
      withSshd({ config: [besideLibvirt()] }, async (sshd) => {
        expect(await waysOf({ ...sshd.target(), jump: jump.target() })).toEqual(open);
        expect(jump.log()).toContain("Accepted publickey for traveller");
      }),
    );
  });
});

describe("what bars a way is said", { timeout: 60_000 }, () => {
  it("when libvirt's daemon does not run", async () => {
    await withSshd({}, async (sshd) => {
      const ways = await waysOf(sshd.target());
      expect(ways[commandWay]).toBeUndefined();
      expect(ways[libvirtWay]).toMatch(/without an answer from libvirt: .*libvirt-sock.*No such file/);
    });
  });

  it("when the server has nothing that could join us to libvirt", async () => {
    const config = [without("virt-ssh-helper", "nc"), "AllowStreamLocalForwarding no"];
    await withSshd({ config }, async (sshd) =>
      expect((await waysOf(sshd.target()))[libvirtWay]).toMatch(/neither virt-ssh-helper.*AllowStreamLocalForwarding/),
    );
  });

  it("when the user is not root there", async () => {
    const config = ['ForceCommand exec setpriv --reuid 65534 --clear-groups sh -c "$SSH_ORIGINAL_COMMAND"'];
    await withSshd({ config }, async (sshd) =>
      expect((await waysOf(sshd.target()))[commandWay]).toMatch(
        /^hosts\.sender\.user: "lab" is not root on the server \(it is nobody, user id 65534\), and sudo is not used; allowed: root/,
      ),
    );
  });

  it("when the account runs a command of its own", async () => {
    await withSshd({ config: ["ForceCommand echo This account is closed"] }, async (sshd) => {
      const ways = await waysOf(sshd.target());
      expect(ways[commandWay]).toMatch(/the script was not run: .*This account is closed/);
      expect(ways[libvirtWay]).toMatch(/libvirt cannot be reached/);
    });
  });

  it("when the jump host does not forward", async () => {
    await withSshd({ config: ["AllowTcpForwarding no"] }, (jump) =>
      withSshd({}, async (sshd) =>
        expect((await waysOf({ ...sshd.target(), jump: jump.target() }))[commandWay]).toMatch(
          /sender's jump host .* does not forward to it: .*AllowTcpForwarding/,
        ),
      ),
    );
  });

  it("when the server or the jump host shows another host key", async () => {
    await withSshd({}, (jump) =>
      withSshd({}, async (sshd) => {
        const [target, through] = [sshd.target(), jump.target()];
        const other = { ...target, hostKey: through.hostKey };
        expect((await waysOf(other))[libvirtWay]).toMatch(/does not show the host key/);
        expect((await waysOf({ ...target, jump: { ...through, hostKey: target.hostKey } }))[libvirtWay]).toMatch(
          /jump host .*does not show the host key/,
        );
      }),
    );
  });
});
