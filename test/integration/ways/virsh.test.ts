import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asciiJson } from "../../../lib/guest-agent.ts";
import { connectSsh, type SshConnection } from "../../../lib/ssh/connect.ts";
import { shellQuote } from "../../../lib/ssh/quote.ts";
import { askVirsh } from "../../../lib/virsh.ts";
import { type LibvirtServer, startLibvirt } from "../../support/libvirt-server.ts";
import { type Sshd, startSshd } from "../../support/sshd.ts";

let libvirt: LibvirtServer;
let sshd: Sshd;
let ssh: SshConnection;

beforeAll(async () => {
  libvirt = await startLibvirt();
  sshd = await startSshd({ config: [`ForceCommand exec ${libvirt.enter} sh -c "$SSH_ORIGINAL_COMMAND"`] });
  ssh = await connectSsh("sender", sshd.target());
}, 60_000);
afterAll(async () => {
  ssh.close();
  await sshd.stop();
  await libvirt.stop();
});

const limitMs = 20_000;
/** Processes of virsh on this machine. */
const running = () =>
  readdirSync("/proc").filter((name) => {
    try {
      return readFileSync(`/proc/${name}/comm`, "utf8") === "virsh\n";
    } catch {
      return false; // no process, or one that has ended
    }
  });
const ping = (domain: string) => `qemu-agent-command --timeout 5 ${domain} '{"execute":"guest-ping"}'`;

describe("a virsh that is asked again and again", { timeout: 60_000 }, () => {
  it("takes any text within quotes, of any length, and gives it back", async () => {
    const text = fc.oneof(
      fc.string({ maxLength: 3000, unit: "binary" }),
      fc.stringMatching(/^[ '"\\!#$;{}\t\n\r~^-]{0,400}$/),
    );
    await fc.assert(
      fc.asyncProperty(text, async (said) => {
        const answer = await askVirsh(ssh, `echo ${shellQuote(asciiJson({ said }))}`, limitMs);
        expect(JSON.parse(answer)).toEqual({ said });
      }),
      { numRuns: 60 },
    );
  });

  it("tells what libvirt calls an error, and answers the next question", async () => {
    await expect(askVirsh(ssh, ping("absent"), limitMs)).rejects.toThrow(/^error: failed to get domain 'absent'/);
    expect(await askVirsh(ssh, `echo '{"next":1}'`, limitMs)).toBe('{"next":1}');
  });

  it("is several where they are asked side by side", async () => {
    const asked = [1, 2, 3, 4].map((number) => askVirsh(ssh, `echo '{"number":${number}}'`, limitMs));
    expect(await Promise.all(asked)).toEqual([1, 2, 3, 4].map((number) => `{"number":${number}}`));
  });

  it("leaves no history of what it was told", async () => {
    const before = running();
    const own = await connectSsh("sender", sshd.target());
    await askVirsh(own, `echo '{"told":1}'`, limitMs);
    const [began] = running().filter((pid) => !before.includes(pid));
    expect(began).toBeDefined();
    own.close();
    while (running().includes(began ?? "")) await sleep(20); // it would be written at its end
    expect(existsSync(join(sshd.home("lab"), ".cache"))).toBe(false);
  });

  it("says so where libvirt's daemon does not run", async () => {
    const without = await startSshd({});
    const alone = await connectSsh("sender", without.target());
    try {
      await expect(askVirsh(alone, ping("vm"), limitMs)).rejects.toThrow(/failed to connect to the hypervisor/);
    } finally {
      alone.close();
      await without.stop();
    }
  });
});
