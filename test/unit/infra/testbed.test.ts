import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "vitest";
import { parseConfig, resolveConfig } from "../../../infra/config/load.ts";
import { declareTestbed } from "../../../infra/testbed.ts";
import { capabilities, type Driver, drivers } from "../../../infra/vm/drivers.ts";

interface Declared {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

let declared: Declared[] = [];
const vfSlot = '{"vf":{"pci":"0000:01:10.0","netdev":"enp1s0v0","driver":"igbvf"}}';

const keyFile = join(mkdtempSync(join(tmpdir(), "lab-test-")), "id");
writeFileSync(keyFile, "a key");

beforeEach(async () => {
  declared = [];
  await pulumi.runtime.setMocks({
    call: () => ({}),
    newResource({ type, name, inputs }) {
      declared.push({ type, name, inputs });
      const slot = /KIND=vf/.test(String(inputs.create)) ? vfSlot : '{"bridge":"rtt0"}';
      const stdout = name.endsWith("-slot") ? slot : name.startsWith("run-") ? `{"name":"${name}"}` : "";
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

/** Declares a scenario and waits until everything in it is known. */
async function declare(own: Record<string, unknown>, tokens: Record<string, string> = {}) {
  const all = {
    hosts: { fidelity: "emulated", hosts: { sender: host("192.0.2.1"), responder: host("192.0.2.2") } },
    resultsDirectory: "/nowhere",
    runs: 2,
    ...own,
  };
  const raw = Object.fromEntries(Object.entries(all).map(([key, value]) => [`p:${key}`, JSON.stringify(value)]));
  const observation = { tokens: new Map(Object.entries(tokens)), lease: undefined };
  const image = {
    sha256: "ab".repeat(32),
    release: "6.12",
    kernelFile: "/k",
    kernelSha256: "",
    initrdFile: "/i",
    initrdSha256: "",
  };
  const { runs } = declareTestbed({
    stack: "test",
    config: resolveConfig(parseConfig(raw, "p", "test"), "/"),
    guestImage: image,
    owner: "stack test",
    observed: { sender: observation, responder: observation },
  });
  return new Promise<unknown[]>((resolve) => pulumi.all(runs).apply(resolve));
}

const named = (name: string) => declared.find((resource) => resource.name === name)?.inputs;
const xsltOf = (name: string) => (named(name) as { xml: { xslt: string } }).xml.xslt;

/** What a server remembers on which everything is there. */
const tokens = {
  lease: "1",
  "nic-pf0": "2",
  "bridge-rtt0": "3",
  "vm-rtt-main": "4",
  [`image-${"ab".repeat(32)}`]: "5",
};

describe("a scenario's resources", () => {
  it("are two servers, two Main VMs and a command for each run", async () => {
    const results = await declare({ mainDriver: "virtio-bridge" });
    expect(results).toEqual([{ name: "run-01" }, { name: "run-02" }]);
    const names = declared.map(({ name }) => name);
    for (const role of ["sender", "responder"])
      for (const part of ["lease", "image", "nic", "bridge", "libvirt", "main-slot", "main-domain", "main-ready"])
        expect(names).toContain(`${role}-${part}`);
  });

  it.each(drivers)("%s: the domain is attached where the slot says", async (driver: Driver) => {
    await declare({ mainDriver: driver });
    const xslt = xsltOf("sender-main-domain");
    expect(xslt).toContain("<description>sender-main-slot-id</description>");
    if (capabilities[driver].attachesTo === "bridge") expect(xslt).toContain('<source bridge="rtt0"/>');
    else expect(xslt).toMatch(/dev="enp1s0v0"|bus="0x01" slot="0x10"/);
    expect(xslt).toContain(`lab.modules=${capabilities[driver].guestModule.replace("vf", "igbvf")} `);
  });

  it("may have another driver at each end", async () => {
    await declare({ mainDriver: { sender: "virtio-bridge", responder: "pci-passthrough" } });
    expect(xsltOf("sender-main-domain")).toContain('type="bridge"');
    expect(xsltOf("responder-main-domain")).toContain('type="hostdev"');
    const spec = JSON.parse((named("run-01") as { environment: { LAB_RUN: string } }).environment.LAB_RUN);
    expect(spec.ends.sender.capture).toEqual({ nic: "pf", virt: "vnet" });
    expect(spec.ends.responder.capture).toBeNull();
    expect(spec.ends.responder.unavailable).toMatch(/bypass/);
  });

  it("know each other's address by heart, or ask by ARP", async () => {
    await declare({ mainDriver: "virtio-bridge" });
    expect(xsltOf("sender-main-domain")).toContain("lab.neigh=10.9.2.1,52:54:00:9a:02:00");
    declared = [];
    await declare({ mainDriver: "virtio-bridge", neighbour: "dynamic" });
    expect(xsltOf("sender-main-domain")).not.toContain("lab.neigh");
  });

  it("say to the servers what the golden file says, before the text of their script", async () => {
    await declare({ mainDriver: { sender: "macvtap-bridge", responder: "e1000-bridge" } }, tokens);
    const commands = declared
      .filter(({ type }) => type.startsWith("command:"))
      .map(({ name, inputs }) => `${name}\n${String(inputs.create).split("\n# What every layer")[0]}\n`)
      .sort();
    await expect(commands.join("\n")).toMatchFileSnapshot("../../golden/infra/files/commands.golden.txt");
  });

  it("change with a token that the server no longer has, and only then", async () => {
    const inputs = async (known: Record<string, string>) => {
      declared = [];
      await declare({ mainDriver: "virtio-bridge" }, known);
      return Object.fromEntries(
        declared
          .filter(({ name }) => !name.startsWith("run-"))
          .map(({ name, inputs }) => [name, JSON.stringify(inputs)]),
      );
    };
    const before = await inputs(tokens);
    expect(await inputs(tokens)).toEqual(before);
    const { "vm-rtt-main": _, ...rest } = tokens;
    const after = await inputs(rest);
    const changed = Object.keys(before).filter((name) => before[name] !== after[name]);
    expect(changed.sort()).toEqual([
      "responder-main-ready",
      "responder-main-slot",
      "sender-main-ready",
      "sender-main-slot",
    ]);
  });
});
