import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "vitest";
import { parseConfig, resolveConfig } from "../../../infra/config/load.ts";
import { parseObservation, vfAddressOf } from "../../../infra/observe.ts";
import { doneLine } from "../../../infra/remote-script.ts";
import { declareTestbed } from "../../../infra/testbed.ts";
import { capabilities, type Driver, drivers } from "../../../infra/vm/drivers.ts";

interface Declared {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

let declared: Declared[] = [];

const keyFile = join(mkdtempSync(join(tmpdir(), "lab-test-")), "id");
writeFileSync(keyFile, "a key");

const unavailable = { unavailable: "made up" };
/** What a run's program prints. */
const outcomeOf = (run: number) =>
  JSON.stringify({
    ...{ run, replicate: 1, directory: `/nowhere/${run}`, manifestSha256: "0".repeat(64), measured: true },
    summary: { rttMs: unavailable, rttOverheadMs: unavailable, responseTimeMs: unavailable },
  });

beforeEach(async () => {
  declared = [];
  await pulumi.runtime.setMocks({
    call: () => ({}),
    newResource({ type, name, inputs }) {
      declared.push({ type, name, inputs });
      const stdout = name.startsWith("run-") ? outcomeOf(Number(name.slice(4))) : doneLine;
      return { id: `${name}-id`, state: { ...inputs, stdout } };
    },
  });
});

const host = (address: string) => ({
  address,
  privateKeyFile: keyFile,
  hostKey: "ssh-ed25519 AAAA",
  pfs: [{ name: "pf0", vfs: 7 }],
});

/** Declares a scenario on servers that remember all of it but for what is forgotten, and waits until everything is known. */
async function declare(own: Record<string, unknown>, forgotten: readonly string[] = []) {
  const all = {
    hosts: { fidelity: "emulated", hosts: { sender: host("192.0.2.1"), responder: host("192.0.2.2") } },
    resultsDirectory: "/nowhere",
    runs: 2,
    backgroundVms: 0,
    ...own,
  };
  const raw = Object.fromEntries(Object.entries(all).map(([key, value]) => [`p:${key}`, JSON.stringify(value)]));
  const facts = parseObservation(
    "record=server cpus=1 memory_mib=2914\nrecord=pf name=pf0 pci=0000:01:00.0 total_vfs=7 offset=128 stride=2 vfs=\n",
  );
  const view = {
    token: (layer: string, design = "") => `${forgotten.includes(layer) ? "new" : "there"}${design}`,
    vfAddress: (pf: string, vf: number) => vfAddressOf(facts.pfs.get(pf), vf),
    cpus: 1,
  };
  const image = {
    sha256: "ab".repeat(32),
    release: "6.12",
    kernelFile: "/k",
    kernelSha256: "",
    initrdFile: "/i",
    initrdSha256: "",
    loadInitrdFile: "/l",
    loadInitrdSha256: "",
  };
  const { runs } = declareTestbed({
    stack: "test",
    config: resolveConfig(parseConfig(raw, "p", "test"), "/"),
    guestImage: image,
    owner: "stack test",
    servers: { sender: view, responder: view },
  });
  return new Promise<unknown[]>((resolve) => pulumi.all(runs).apply(resolve));
}

const named = (name: string) => declared.find((resource) => resource.name === name)?.inputs;
const xsltOf = (name: string) => (named(name) as { xml: { xslt: string } }).xml.xslt;

/** Inputs of every resource but the runs, by name, in a scenario. */
async function inputsOf(own: Record<string, unknown>, forgotten: readonly string[] = []): Promise<Map<string, string>> {
  declared = [];
  await declare(own, forgotten);
  return new Map(
    declared.filter(({ name }) => !name.startsWith("run-")).map(({ name, inputs }) => [name, JSON.stringify(inputs)]),
  );
}

const changedBetween = (a: Map<string, string>, b: Map<string, string>) =>
  [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name)).sort();

describe("a scenario's resources", () => {
  it("are two servers, two Main VMs and a command for each run", async () => {
    const results = await declare({ mainDriver: "virtio-bridge" });
    expect(results).toEqual([JSON.parse(outcomeOf(1)), JSON.parse(outcomeOf(2))]);
    const names = declared.map(({ name }) => name);
    for (const role of ["sender", "responder"])
      for (const part of ["lease", "image", "nic-pf0", "bridge", "libvirt", "slots", "main-ready", "rtt-main"])
        expect(names).toContain(`${role}-${part}`);
  });

  it.each(drivers)("%s: the domain is attached where the slot says", async (driver: Driver) => {
    await declare({ mainDriver: driver });
    const xslt = xsltOf("sender-rtt-main");
    expect(xslt).toMatch(/<description>sriov-rtt-testbed sender-slots-id there-[0-9a-f]{12}<\/description>/);
    if (capabilities[driver].attachesTo === "bridge") expect(xslt).toContain('<source bridge="rtt0"/>');
    else expect(xslt).toMatch(/dev="rtt0v0"|bus="0x01" slot="0x10"/);
    expect(xslt).toContain(`lab.modules=${capabilities[driver].guestModule} `);
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

  it("may have another driver at each end", async () => {
    await declare({ mainDriver: { sender: "virtio-bridge", responder: "pci-passthrough" } });
    expect(xsltOf("sender-rtt-main")).toContain('type="bridge"');
    expect(xsltOf("responder-rtt-main")).toContain('type="hostdev"');
    const spec = JSON.parse((named("run-01") as { environment: { LAB_RUN: string } }).environment.LAB_RUN);
    expect(spec.ends.sender.capture).toEqual({ nic: "pf", virt: "vnet" });
    expect(spec.ends.responder.capture).toBeNull();
    expect(spec.ends.responder.unavailable).toMatch(/bypass/);
  });

  it("hand a campaign's order to the runs to record, and do nothing else because of it", async () => {
    const specOf = () => JSON.parse((named("run-01") as { environment: { LAB_RUN: string } }).environment.LAB_RUN);
    const order = { kind: "random", seed: 5, block: 1, position: 2, positions: 3 };
    await declare({ mainDriver: "virtio-bridge", order });
    const [withOrder, all] = [specOf(), declared.filter(({ name }) => !name.startsWith("run-"))];
    expect(withOrder.order).toEqual(order);
    declared = [];
    await declare({ mainDriver: "virtio-bridge" });
    const { order: _, token: _token, ...rest } = withOrder;
    const { token: _another, ...without } = specOf();
    expect(without).toEqual(rest);
    expect(declared.filter(({ name }) => !name.startsWith("run-"))).toEqual(all);
  });

  it("know each other's address by heart, or ask by ARP", async () => {
    await declare({ mainDriver: "virtio-bridge" });
    expect(xsltOf("sender-rtt-main")).toContain("lab.neigh=10.9.2.1,52:54:00:9a:02:00");
    declared = [];
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
      /^name=rtt-bg-001 token=\S+ kind=vf pf=pf0 vf=1 pci=0000:01:10.2 netdev= mac=52:54:00:9a:01:01 vf_mac=52:54:00:9a:01:01 vlan=0 trust= spoofchk= peer_mac=52:54:00:9a:02:01$/m,
    );
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
      /^WANTED='name=rtt-main \S+ kind=bridge [^\n]*'$/m,
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
    const spec = JSON.parse((named("run-01") as { environment: { LAB_RUN: string } }).environment.LAB_RUN);
    expect(spec.ends.sender.background).toEqual({
      vms: ["rtt-bg-001", "rtt-bg-002"],
      leastCpuPercent: 0,
      leastSentPps: 0,
      leastReceivedPps: 2.5,
    });
  });
});
