import { beforeEach, describe, expect, it } from "vitest";
import { attachments, type Driver, drivers } from "../../../infra/vm/drivers.ts";
import {
  beginDeclaring,
  changedBetween,
  declare,
  declared,
  forgetDeclared,
  host,
  inputsOf,
  named,
  specOfRun,
  xsltOf,
} from "./declared-testbed.ts";

beforeEach(beginDeclaring);

describe("a scenario's resources", () => {
  it("are two servers, two Main VMs and a command for each run", async () => {
    const { runs, inAll } = await declare({ mainDriver: "virtio-bridge" });
    const folders = Object.keys(runs);
    expect(folders).toEqual(
      [1, 2].map((run) => expect.stringMatching(`^/\\S+/virtio-bridge_\\S+/rep-01_run-0${run}$`)),
    );
    expect(Object.values(runs)).toEqual(["RTT unavailable: made up", "RTT unavailable: made up"]);
    expect(inAll).toBe("2 runs: RTT unavailable; emulated servers");
    const names = declared.map(({ name }) => name);
    for (const role of ["sender", "responder"])
      for (const part of ["lease", "image", "nic-pf0", "bridge", "libvirt", "slots", "main-ready", "rtt-main"])
        expect(names).toContain(`${role}-${part}`);
  });

  it.each(drivers)("%s: the domain is attached where the slot says", async (driver: Driver) => {
    await declare({ mainDriver: driver });
    const xslt = xsltOf("sender-rtt-main");
    expect(xslt).toMatch(/<description>sriov-rtt-testbed sender-slots-id there-[0-9a-f]{12}<\/description>/);
    if (attachments[driver].port.attachesTo === "switch") expect(xslt).toContain('<source bridge="rtt0"/>');
    else expect(xslt).toMatch(/dev="rtt0v0"|bus="0x01" slot="0x10"/);
    expect(xslt).toContain(`lab.modules=${attachments[driver].port.guestModule} `);
  });

  it.each([
    [true, "network", ["rtt-main", "rtt-bg-001", "rtt-bg-002"]],
    [true, "cpu", ["rtt-main", "rtt-bg-001", "rtt-bg-002"]],
    [undefined, "network", []],
  ])(
    "have their address in the NIC's filter where the NIC returns frames (%s), whatever the load (%s)",
    async (returnsOwnFrames, loadType, expected) => {
      const returning = (address: string) => ({ ...host(address), pfs: [{ name: "pf0", vfs: 7, returnsOwnFrames }] });
      const hosts = { sender: returning("192.0.2.1"), responder: returning("192.0.2.2") };
      const fleet = { mainDriver: "virtio-bridge", backgroundDriver: "virtio-bridge", backgroundVms: 2 };
      await declare({ ...fleet, hosts: { fidelity: "hardware", hosts }, loadType, loadLocation: "sender" });
      const places = String(named("sender-slots")?.stdin).match(/rtt-(main|bg-\d+) .*/g) ?? [];
      expect(places).toHaveLength(3);
      const entered = places.filter((line) => /\byes\b/.test(line));
      expect(entered.map((line) => line.split(" ")[0])).toEqual(expected);
    },
  );

  it.each([
    [true, "pci-passthrough", "guest"],
    [undefined, "pci-passthrough", "nobody"],
    [true, "macvtap-passthrough", "server"],
    [undefined, "macvtap-passthrough", "nobody"],
    [true, "virtio-bridge", "nobody"],
  ] as const)(
    "have a VF that holds back no interrupt where the NIC returns frames (%s), by whoever drives it (%s)",
    async (returnsOwnFrames, mainDriver, told) => {
      const returning = (address: string) => ({ ...host(address), pfs: [{ name: "pf0", vfs: 7, returnsOwnFrames }] });
      const hosts = { sender: returning("192.0.2.1"), responder: returning("192.0.2.2") };
      await declare({ mainDriver, hosts: { fidelity: "hardware", hosts } });
      for (const role of ["sender", "responder"]) {
        expect(xsltOf(`${role}-rtt-main`)).toContain("lab.if=");
        expect(xsltOf(`${role}-rtt-main`).includes("lab.ethtool=-C,rx-usecs,0")).toBe(told === "guest");
        const ready = String(named(`${role}-main-ready`)?.stdin);
        expect(ready).toContain("name=rtt-main");
        expect(ready.includes("netdev=rtt0v0 rx_usecs=0")).toBe(told === "server");
      }
    },
  );

  it("may have another driver at each end", async () => {
    await declare({ mainDriver: { sender: "virtio-bridge", responder: "pci-passthrough" } });
    expect(xsltOf("sender-rtt-main")).toContain('type="bridge"');
    expect(xsltOf("responder-rtt-main")).toContain('type="hostdev"');
    const spec = specOfRun();
    expect(spec.ends.sender.capture).toEqual({ nic: "pf", virt: "vnet" });
    expect(spec.ends.sender.deployed).toEqual({
      ports: [{ name: "pf0", vfs: 7 }],
      layers: ["nic-pf0", "bridge-rtt0", "vm-rtt-main"],
      main: "vm-rtt-main",
    });
    const bypassed = { unseen: expect.stringMatching(/bypass/) };
    expect(spec.ends.responder.capture).toEqual({ nic: bypassed, virt: bypassed });
  });

  it("are the server itself in place of a VM: its place with its address, no domain, and a capture at the NIC alone", async () => {
    await declare({ mainDriver: { sender: "host-vf", responder: "virtio-bridge" } });
    const names = declared.map(({ name }) => name);
    expect(names).not.toContain("sender-rtt-main");
    expect(names).toContain("responder-rtt-main");
    expect(String(named("sender-slots")?.stdin)).toMatch(
      /^WANTED='name=rtt-main token=there-[0-9a-f]{12} endpoint=host kind=netns pf=pf0 vf=0 pci=0000:01:10.0 netdev=rtt0v0 mac=52:54:00:9a:01:00 vf_mac=52:54:00:9a:01:00 vlan=0 trust= spoofchk= ip=10.9.1.1 prefix=16 settings= neighbours=10.9.2.1,52:54:00:9a:02:00 peer_mac=52:54:00:9a:02:00'$/m,
    );
    expect(String(named("sender-main-ready")?.stdin)).toMatch(/endpoint=host kind=netns mac=\S+ netdev=rtt0v0'?$/m);
    const spec = specOfRun();
    expect(spec.ends.sender.main).toMatchObject({ endpoint: "host", name: "rtt-main", mac: "52:54:00:9a:01:00" });
    expect(spec.ends.sender.capture).toEqual({
      nic: "vf",
      virt: { unseen: "the server itself: there is no interface of a VM" },
    });
    expect(spec.ends.responder.main.endpoint).toBe("vm");
  });

  it("are another server itself with another driver's address, neighbour, VLAN or replicate, and only then", async () => {
    const slots = async (own: Record<string, unknown>) =>
      (await inputsOf({ mainDriver: "host-vf", ...own })).get("sender-slots");
    const plain = await slots({});
    expect(await slots({ guestMemoryMiB: 512, guestCpus: 2 })).toBe(plain);
    const others = [{ mainVlan: 7 }, { neighbour: "dynamic" }, { replicate: 2 }, { serverPair: 2 }];
    const all = [plain];
    for (const own of others) all.push(await slots(own));
    expect(new Set(all).size).toBe(others.length + 1);
  });

  it("have no address of another pair's, and say in names and results which pair they are of", async () => {
    const said = () => JSON.stringify(declared);
    await declare({ mainDriver: "macvtap-bridge", backgroundDriver: "virtio-bridge", backgroundVms: 2, serverPair: 2 });
    expect(xsltOf("sender-rtt-main")).toContain("lab.neigh=10.9.4.1,52:54:00:9a:04:00");
    expect(said()).toContain("10.9.3.3");
    expect(said()).toContain("52:54:00:9b:03:00");
    expect(said()).not.toMatch(/10\.9\.[12]\.|52:54:00:9[ab]:0[12]/);
    const spec = specOfRun();
    expect(spec.scenario.name).toMatch(/_pair2_/);
    expect(spec.scenario.factors.serverPair).toBe(2);
    expect(spec.ends.responder.main).toMatchObject({ mac: "52:54:00:9a:04:00", ip: "10.9.4.1" });
  });

  it("hand a campaign's order to the runs to record, and do nothing else because of it", async () => {
    const order = { kind: "random", seed: 5, block: 1, position: 2, positions: 3 };
    await declare({ mainDriver: "virtio-bridge", order });
    const [withOrder, all] = [specOfRun(), declared.filter(({ name }) => !name.startsWith("run-"))];
    expect(withOrder.order).toEqual(order);
    forgetDeclared();
    await declare({ mainDriver: "virtio-bridge" });
    const { order: _, token: _token, ...rest } = withOrder;
    const { token: _another, ...without } = specOfRun();
    expect(without).toEqual(rest);
    expect(declared.filter(({ name }) => !name.startsWith("run-"))).toEqual(all);
  });

  it("know each other's address by heart, or ask by ARP", async () => {
    await declare({ mainDriver: "virtio-bridge" });
    expect(xsltOf("sender-rtt-main")).toContain("lab.neigh=10.9.2.1,52:54:00:9a:02:00");
    forgetDeclared();
    await declare({ mainDriver: "virtio-bridge", neighbour: "dynamic" });
    expect(xsltOf("sender-rtt-main")).not.toContain("lab.neigh");
  });

  it("say to the servers what the golden file says, before the text of their script", async () => {
    await declare({ mainDriver: { sender: "macvtap-bridge", responder: "e1000-bridge" } });
    const commands = declared
      .filter(({ type }) => type.startsWith("command:"))
      .map(({ name, inputs }) => {
        const { create, stdin = "" } = inputs as { create: string; stdin?: string };
        return `${name}\n${create}\n${stdin.split("\nSYS=")[0]}\n`;
      })
      .sort();
    await expect(commands.join("\n")).toMatchFileSnapshot("../../golden/infra/files/commands.golden.txt");
  });

  it("change with a token that the server no longer has, and only then", async () => {
    const before = await inputsOf({ mainDriver: "virtio-bridge" });
    expect(changedBetween(before, await inputsOf({ mainDriver: "virtio-bridge" }))).toEqual([]);
    const changed = changedBetween(before, await inputsOf({ mainDriver: "virtio-bridge" }, ["vm-rtt-main"]));
    expect(changed).toEqual([
      ...["responder-main-ready", "responder-rtt-main", "responder-slots"],
      ...["sender-main-ready", "sender-rtt-main", "sender-slots"],
    ]);
  });
});
