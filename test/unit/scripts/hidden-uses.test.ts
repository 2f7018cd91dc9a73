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
let index: string;
beforeEach(() => {
  server = prepared();
  index = server.read("sys/class/net/pf0/ifindex");
});
afterEach(() => server.remove());

const findings = async () =>
  (await server.shell(`${serverScript("in-use.sh")}\nport_in_use pf0 4 rtt0`)).split("\n").filter(Boolean);

describe("what stands on a port and is in another network namespace", () => {
  const child = (kind: string, lower = index) =>
    `1: lo: <LOOPBACK> mtu 65536\n2: eth0@if${lower}: <BROADCAST,UP> mtu 1500 qdisc noqueue \\    link/ether 02:00:00:00:00:09 brd ff:ff:ff:ff:ff:ff link-netnsid 0 promiscuity 0 \\    ${kind} mode bridge \n`;

  it.each(["macvlan", "ipvlan", "vlan"])("is found: a %s of a container", async (kind) => {
    server.process(90, "nginx", ["nginx"], []);
    server.link("net:[4026532001]", "proc/90/ns/net");
    server.write("kernel/netns/net:[4026532001]", child(kind));
    expect(await findings()).toEqual([
      `carries pf0 carries eth0 (${kind}) in the network namespace of the process nginx (90)`,
    ]);
  });

  it("is found in a namespace that has a name and no process, on a VF too", async () => {
    server.write("run/netns/blue", "");
    server.write("kernel/netns/blue", child("macvlan", server.read("sys/class/net/op0/ifindex")));
    expect(await findings()).toEqual([
      "carries op0, the interface of VF 0 of pf0 (0000:01:10.0), carries eth0 (macvlan) in the network namespace blue",
    ]);
  });

  it("is nobody's where it stands on another namespace's interface of that index, or is no such child", async () => {
    server.process(90, "nginx", ["nginx"], []);
    server.link("net:[4026532001]", "proc/90/ns/net");
    server.write("kernel/netns/net:[4026532001]", child("veth"));
    expect(await findings()).toEqual([]);
    server.write("kernel/netns/net:[4026532001]", child("macvlan"));
    server.write("kernel/lsns", "3 1\n0 4026532001\n");
    expect(await findings()).toEqual([]);
  });
});

describe("a network namespace that cannot be looked into", () => {
  beforeEach(() => server.write("run/netns/blue", ""));

  it("may carry anything: nobody is taken to use nothing because a look has failed", async () => {
    server.write("kernel/netns-failure", "nsenter: failed to execute ip: Permission denied\n");
    const unseen = "carries anything in the network namespace blue: nsenter: failed to execute ip: Permission denied";
    expect(await findings()).toEqual([
      `unknown whether pf0 ${unseen}`,
      `unknown whether op0, the interface of VF 0 of pf0 (0000:01:10.0), ${unseen}`,
    ]);
  });

  it.each(["Invalid argument", "No such file or directory"])("is none where the kernel says: %s", async (why) => {
    server.write("kernel/netns-failure", `nsenter: reassociate to namespace 'ns/net' failed: ${why}\n`);
    expect(await findings()).toEqual([]);
  });
});

describe("packet sockets that are bound to a port", () => {
  const socket = (protocol: string, ifindex = index) =>
    `sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n0000000000000000 3      3    ${protocol}   ${ifindex}     1 0      0      7001\n`;
  const group = (address: string) => `${index}    pf0             1     0     ${address}\n`;

  it.each(["88f7", "8863", "88cc", "0800", "0000"])(
    "of the protocol 0x%s are a use: whoever has one speaks",
    async (protocol) => {
      server.write("proc/net/packet", socket(protocol));
      server.process(91, "ptp4l", ["ptp4l"], ["socket:[7001]"]);
      expect(await findings()).toEqual([
        `socket pf0 is spoken on by the process ptp4l (91) for the protocol 0x${protocol}`,
      ]);
    },
  );

  it("of all protocols are none: tcpdump only listens; those of other interfaces are none either", async () => {
    server.write("proc/net/packet", socket("0003"));
    server.write("proc/net/dev_mcast", group("333300000001") + group("01005e000001"));
    expect(await findings()).toEqual([]);
    server.write("proc/net/packet", socket("88cc", "9999"));
    expect(await findings()).toEqual([]);
  });

  it("of all protocols are a use where a group was joined that is none of IP's: ptp4l and lldpd listen so", async () => {
    server.write("proc/net/packet", socket("0003"));
    server.write("proc/net/dev_mcast", group("333300000001") + group("011b19000000"));
    server.process(91, "ptp4l", ["ptp4l"], ["socket:[7001]"]);
    expect(await findings()).toEqual([
      "socket pf0 is spoken on by the process ptp4l (91), and it has joined the group 011b19000000",
    ]);
  });

  it("are not needed by a PPPoE session, which is a use", async () => {
    server.write("proc/net/pppoe", "Id       Address              Device\n00000001 02:00:00:00:00:09  pf0\n");
    expect(await findings()).toEqual(["socket pf0 carries a PPPoE session"]);
  });
});

it("a route that has a port as one of its ways is a use", async () => {
  server.write(
    "kernel/routes",
    "10.9.0.0/16 \\\tnexthop via 10.0.0.1 dev pf0 weight 1 \\\tnexthop via 10.1.0.1 dev eth9 weight 1 \n",
  );
  expect(await findings()).toEqual(["route pf0 carries a route (10.9.0.0/16)"]);
  server.write(
    "kernel/routes",
    "10.9.0.0/16 \\\tnexthop via 10.0.0.1 dev pf01 weight 1 \\\tnexthop via 10.1.0.1 dev eth9 weight 1 \n",
  );
  expect(await findings()).toEqual([]);
});

it("a vDPA device on a VF is a use, with whoever has it open", async () => {
  const vdpa = "sys/devices/0000:01:10.0/vdpa0";
  server.write(`${vdpa}/vhost-vdpa-0/dev`, "");
  server.link(`${server.root}/${vdpa}`, "sys/bus/vdpa/devices/vdpa0");
  const what = "vdpa VF 0 of pf0 (0000:01:10.0) carries the vDPA device vdpa0";
  expect(await findings()).toEqual([what]);
  server.process(92, "qemu", ["qemu", "-name", "guest=customer"], ["/dev/vhost-vdpa-0"]);
  expect(await findings()).toEqual([`${what}, which is in the hands of the VM customer`]);
});

it("an RDMA device is a use while somebody has it open, of the port or of a VF, and none by being there", async () => {
  for (const [name, device] of [
    ["uverbs0", "0000:01:00.0"],
    ["uverbs1", "0000:01:10.0"],
  ] as const)
    server.link(`${server.root}/sys/devices/${device}`, `sys/class/infiniband_verbs/${name}/device`);
  expect(await findings()).toEqual([]);
  server.process(93, "ib_write_bw", ["ib_write_bw"], ["/dev/infiniband/uverbs0", "/dev/infiniband/uverbs1"]);
  expect(await findings()).toEqual([
    "rdma pf0 is in the hands of the process ib_write_bw (93), by RDMA",
    "rdma VF 0 of pf0 (0000:01:10.0) is in the hands of the process ib_write_bw (93), by RDMA",
  ]);
});
