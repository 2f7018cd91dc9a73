import { beforeEach, describe, expect, it } from "vitest";
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

describe("background VMs and their load", () => {
  const competing = { mainDriver: "virtio-bridge", backgroundVms: 2, backgroundDriver: "pci-passthrough" };
  const loadRequest = () =>
    JSON.parse((named("load-running") as { environment: { LAB_LOAD: string } }).environment.LAB_LOAD);

  it("stand where their load needs them", async () => {
    await declare({ ...competing, loadType: "cpu", loadLocation: "responder" });
    const domains = declared.filter(({ type }) => type === "libvirt:index/domain:Domain").map(({ name }) => name);
    expect(domains.sort()).toEqual([
      "responder-rtt-bg-001",
      "responder-rtt-bg-002",
      "responder-rtt-main",
      "sender-rtt-main",
    ]);
    expect(Object.keys(loadRequest())).toEqual(["responder"]);
    expect(loadRequest().responder.load).toEqual({ type: "cpu", percent: 100 });
  });

  it("each have a VF of their own and the image with the load's programs", async () => {
    await declare({ ...competing, loadType: "network" });
    expect(xsltOf("sender-rtt-bg-001")).toContain('slot="0x10" function="0x2"');
    expect(xsltOf("sender-rtt-bg-002")).toContain('slot="0x10" function="0x4"');
    expect(xsltOf("sender-rtt-bg-002")).toMatch(/initrd-load<.*/);
    expect(String((named("sender-slots") as { stdin: string }).stdin)).toMatch(
      /^name=rtt-bg-001 token=\S+ endpoint=vm kind=vf pf=pf0 vf=1 pci=0000:01:10.2 netdev= mac=52:54:00:9a:01:01 vf_mac=52:54:00:9a:01:01 vlan=0 trust= spoofchk= peer_mac=52:54:00:9a:02:01$/m,
    );
  });

  it("send during a run alone where the servers share a clock", async () => {
    const clock = {
      kind: "virtual",
      sockets: { sender: "/tmp/1/step.sock", responder: "/tmp/2/step.sock" },
      ...{ nsPerInstruction: 1, wireLatencyNs: 10_000 },
    };
    const hosts = { sender: host("192.0.2.1"), responder: host("192.0.2.2") };
    const inTurn = { hosts: { fidelity: "emulated-virtual", clock, hosts } };

    await declare({ ...competing, ...inTurn, loadType: "network", loadLocation: "sender" });
    const { sender, responder } = loadRequest();
    expect([sender, responder].map(({ sharesClock, least }) => [sharesClock, least])).toEqual([
      [true, {}],
      [true, {}],
    ]);
    const { ends } = specOfRun();
    expect(ends.sender.background.inStep).toEqual([]);
    expect(ends.sender.background.least.receivedPps).toBeGreaterThan(0);
    expect(ends.responder.background.inStep).toEqual([
      { vm: "rtt-bg-001", command: expect.stringMatching(/^iperf --client 10\.9\.1\.2 --udp /) },
      { vm: "rtt-bg-002", command: expect.stringMatching(/^iperf --client 10\.9\.1\.3 --udp /) },
    ]);

    forgetDeclared();
    await declare({ ...competing, ...inTurn, loadType: "cpu", loadLocation: "sender" });
    expect(loadRequest().sender.least.cpuPercent).toBeGreaterThan(0);
    expect(specOfRun().ends.sender.background.inStep).toEqual([]);

    forgetDeclared();
    await declare({ ...competing, loadType: "network", loadLocation: "sender" });
    expect(specOfRun().ends.responder.background).not.toHaveProperty("inStep");
  });

  it("send where the location says that the load is: load at the Sender comes from the Responder", async () => {
    await declare({ ...competing, loadType: "network", loadLocation: "sender" });
    const { sender, responder } = loadRequest();
    expect(sender.load).toMatchObject({ sends: false, receives: true });
    expect(responder.load).toMatchObject({ sends: true, receives: false });
    expect(responder.vms[1].peerIp).toBe("10.9.1.3");
  });

  it("are declared, empty, also without any, so that a fleet that shrinks to nothing is gone before the runs", async () => {
    await declare({ mainDriver: "virtio-bridge", backgroundVms: 0 });
    expect(String((named("sender-slots") as { stdin: string }).stdin)).toMatch(
      /^WANTED='name=rtt-main \S+ endpoint=vm kind=bridge [^\n]*'$/m,
    );
    expect(named("load-running")).toBeUndefined();
  });

  it("grow without a change to those that stand", async () => {
    const own = { ...competing, backgroundVms: 1, loadType: "cpu" };
    const changed = changedBetween(await inputsOf(own), await inputsOf({ ...own, backgroundVms: 3 }));
    expect(changed.filter((name) => name.startsWith("sender"))).toEqual([
      ...["sender-background-ready", "sender-rtt-bg-002", "sender-rtt-bg-003", "sender-slots"],
    ]);
  });

  it("are not made anew for another load, also where the NIC must know the addresses of those that talk", async () => {
    const returning = (address: string) => ({
      ...host(address),
      pfs: [{ name: "pf0", vfs: 7, returnsOwnFrames: true }],
    });
    const hosts = {
      fidelity: "hardware",
      hosts: { sender: returning("192.0.2.1"), responder: returning("192.0.2.2") },
    };
    const own = { ...competing, hosts, backgroundDriver: "virtio-bridge", loadLocation: "both" };
    const changed = changedBetween(
      await inputsOf({ ...own, loadType: "cpu" }),
      await inputsOf({ ...own, loadType: "network" }),
    );
    expect(changed.filter((name) => /rtt-|slots/.test(name))).toEqual([]);
  });

  it("say in the runs what must be seen of them", async () => {
    await declare({ ...competing, loadType: "network", networkLoadMbps: 2, networkLoadPacketBytes: 1000 });
    const spec = specOfRun();
    expect(spec.ends.sender.background).toEqual({
      vms: ["rtt-bg-001", "rtt-bg-002"],
      endpoint: "vm",
      load: "network",
      least: { receivedPps: 2.5 },
    });
  });
});
