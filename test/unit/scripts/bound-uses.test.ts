import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serverScript } from "../../../infra/server-script.ts";
import { copiesOf } from "../../support/made-up/copies.ts";
import { MadeUpServer } from "../../support/made-up/server.ts";

const prepared = copiesOf(async () => {
  const one = new MadeUpServer();
  await one.pf("pf0", { vfs: [{ driver: "igbvf", netdev: "op0" }] });
  return one;
});
let server: MadeUpServer;
beforeEach(() => {
  server = prepared();
});
afterEach(() => server.remove());

const findings = async (vfs = 4) =>
  (await server.shell(`${serverScript("in-use.sh")}\nport_in_use pf0 ${vfs} rtt0`)).split("\n").filter(Boolean);

const users = (name: string, pid: number) => `users:(("${name}",pid=${pid},fd=7))`;

describe("a socket that is bound to a port", () => {
  it.each([
    ["tcp ESTAB  0 0 [fe80::1]%pf0:1790 [fe80::2]:44410", "bgpd", "tcp [fe80::1]%pf0:1790"],
    ["udp UNCONN 0 0 0.0.0.0%pf0:67 0.0.0.0:*", "dnsmasq", "udp 0.0.0.0%pf0:67"],
    ["tcp LISTEN 0 128 [fe80::1]%pf0:1790 [::]:*", "bird", "tcp [fe80::1]%pf0:1790"],
  ])("is a use: %s", async (line, name, place) => {
    server.write("kernel/ss", `${line} ${users(name, 90)}\n`);
    expect(await findings()).toEqual([`socket pf0 is spoken on by the process ${name} (90): ${place}`]);
  });

  it("is one on a VF, and one that no process is seen of", async () => {
    server.write("kernel/ss", "udp UNCONN 0 0 *%op0:4789 *:*\n");
    expect(await findings()).toEqual([
      "socket op0, the interface of VF 0 of pf0 (0000:01:10.0), is spoken on by a program that is not seen: udp *%op0:4789",
    ]);
  });

  it("is none of a server that has taken every address of the machine, nor one that has ended or is another port's", async () => {
    server.write(
      "kernel/ss",
      [
        `udp UNCONN 0 0 0.0.0.0:123 0.0.0.0:* ${users("ntpd", 70)}`,
        `udp UNCONN 0 0 [fe80::1]%pf0:123 [::]:* ${users("ntpd", 70)}`,
        "tcp TIME-WAIT 0 0 [fe80::1]%pf0:1790 [fe80::2]:44410",
        `udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:* ${users("systemd-resolve", 71)}`,
        `udp UNCONN 0 0 10.0.0.7%pf01:68 0.0.0.0:* ${users("systemd-network", 72)}`,
        "",
      ].join("\n"),
    );
    expect(await findings()).toEqual([]);
  });

  it("may be there where sockets cannot be listed: that is told", async () => {
    await server.shell(`rm ${server.root}/kernel/ss`);
    expect(await findings(1)).toEqual([
      expect.stringMatching(
        /^unknown of pf0 whether a program speaks on it cannot be seen: ss -tuwanpH fails: .*No such/,
      ),
    ]);
  });
});

it("a port with filters of tc is in use, and one with a queue is not", async () => {
  server.write("kernel/tc", "qdisc mq 0: dev pf0 root\nqdisc clsact ffff: dev pf0 parent ffff:fff1\n");
  expect(await findings()).toEqual(["program pf0 has filters of tc (clsact)"]);
});

it("a port whose clock a program has open is in use (phc2sys), and its clock by being there is not", async () => {
  server.write("sys/devices/0000:01:00.0/ptp/ptp0/dev", "250:0\n");
  expect(await findings()).toEqual([]);
  server.process(77, "phc2sys", ["phc2sys", "-s", "pf0"], ["/dev/ptp0"]);
  expect(await findings()).toEqual(["clock pf0 has the clock ptp0, which is in the hands of the process phc2sys (77)"]);
});

it("a port that was down before stays up while its clock is held", async () => {
  const nic = (ACTION: string) =>
    server.run("nic.sh", { ACTION, TOKEN: "n", OWNER: "stack made-up", PF: "pf0", VFS: 1, BRIDGE: "rtt0" });
  server.write("run/sriov-rtt/lease/owner", "stack made-up\n");
  expect((await nic("create")).exitCode).toBe(0);
  server.write("sys/devices/0000:01:00.0/ptp/ptp0/dev", "250:0\n");
  server.process(77, "phc2sys", ["phc2sys", "-s", "pf0"], ["/dev/ptp0"]);
  expect((await nic("delete")).stderr).toMatch(/pf0 was down before, and stays up: pf0 has the clock ptp0/);
});
