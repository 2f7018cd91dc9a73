import { describe, expect, it } from "vitest";
import { falseClaims } from "../../../infra/false-claims.ts";
import {
  parseObservation,
  refuseLacking,
  refuseUsed,
  tokensOf,
  vfAddressOf,
  withObserved,
} from "../../../infra/observe.ts";
import { problemLine } from "../../../study/problem.ts";

describe("what a server says of itself", () => {
  it("is a token for each layer that is there, the lease, and what the server has", () => {
    const { tokens, lease, cpus, memoryMiB, pfs } = parseObservation(
      [
        "record=server cpus=6 memory_mib=63988",
        "record=pf name=pf0 pci=0000:01:00.0 total_vfs=7 offset=128 stride=2 vfs=",
        "record=pf name=veth0 pci= total_vfs=0 offset=0 stride=0 vfs=",
        "record=layer name=image-0a token=77",
        "record=layer name=lease token=aa",
        "record=layer name=nic-pf0 token=bb",
        "record=layer token=dd-ab name=vm-rtt-main",
        "record=lease since=1700000000 owner=stack%20sender%20(host:/x%20y)",
      ].join("\n"),
    );
    expect(Object.fromEntries(tokens)).toEqual({
      "image-0a": "77",
      lease: "aa",
      "nic-pf0": "bb",
      "vm-rtt-main": "dd-ab",
    });
    expect(lease).toEqual({ owner: "stack sender (host:/x y)", since: new Date(1_700_000_000_000) });
    expect({ cpus, memoryMiB }).toEqual({ cpus: 6, memoryMiB: 63988 });
    expect(pfs.get("pf0")).toEqual({ pci: "0000:01:00.0", totalVfs: 7, offset: 128, stride: 2, vfs: [] });
    expect(pfs.get("veth0")?.pci).toBeUndefined();
  });

  it("is nothing but its hardware on a server that was never used", () => {
    expect(parseObservation("record=server cpus=1 memory_mib=2914\n")).toMatchObject({
      tokens: new Map(),
      lease: undefined,
    });
  });

  const server = "record=server cpus=1 memory_mib=2914\n";
  it.each([
    ["bash: warning\n", /"bash:" is not key=value/],
    ["", /did not say/],
    ["record=server cpus=NaN memory_mib=1", /cpus: "NaN" is no whole number/],
    ["record=server cpus= memory_mib=1", /cpus: "" is no whole number/],
    [`${server}record=pf name=pf0 pci= total_vfs=0 offset=0 vfs=`, /stride/],
    [`${server}record=layer name=lease token=a more=b`, /more/],
    [`${server}record=other`, /record/],
  ])("is refused when it is not understood: %j", (text, why) => {
    expect(() => parseObservation(text)).toThrow(why);
  });
});

describe("a server that lacks tools", () => {
  it("is refused with their names, before what could not be seen without them", () => {
    const observed = parseObservation("record=server cpus=1 memory_mib=2914\nrecord=lacking tools=virsh,mpstat\n");
    expect(() => refuseLacking("responder", observed)).toThrow(/^responder: virsh, mpstat not installed.*doctor/);
  });

  it("is no server that says nothing of any", () => {
    expect(() => refuseLacking("sender", parseObservation("record=server cpus=1 memory_mib=2914\n"))).not.toThrow();
  });
});

describe("what a deployment would take from somebody", () => {
  const used = parseObservation(
    "record=server cpus=1 memory_mib=2914\nrecord=in_use port=pf0 kind=address what=pf0%20has%20an%20address%20(10.0.0.1/24)\nrecord=in_use port= kind=domain what=there%20is%20a%20VM\n".replaceAll(
      /[()]/g,
      (bracket) => `%${bracket.charCodeAt(0).toString(16)}`,
    ),
  );
  const free = parseObservation("record=server cpus=1 memory_mib=2914\n");

  it("is told of each port", () => {
    expect(used.inUse).toEqual([
      { port: "pf0", what: "pf0 has an address (10.0.0.1/24)" },
      { port: "", what: "there is a VM" },
    ]);
    expect(free.inUse).toEqual([]);
  });

  it("is refused on whichever server it is", () => {
    expect(() => refuseUsed({ sender: free, responder: free })).not.toThrow();
    expect(() => refuseUsed({ sender: free, responder: used })).toThrow(
      /^A deployment would take .*\n {2}responder: pf0 has an address \(10\.0\.0\.1\/24\)\n {2}responder: there is a VM\nGive ports/,
    );
  });
});

describe("tokens", () => {
  const token = tokensOf(
    new Map([
      ["lease", "aa"],
      ["vm-rtt-main", "77-design"],
    ]),
  );

  it("stay for a layer that is there and are new for one that is not", () => {
    expect(token("lease")).toBe("aa");
    expect(token("nic-pf0")).toMatch(/^[0-9a-f]{12}$/);
    expect(token("nic-pf0")).not.toBe(token("nic-pf0"));
  });

  it("are new for a VM of another design", () => {
    expect(token("vm-rtt-main", "-design")).toBe("77-design");
    expect(token("vm-rtt-main", "-other")).toMatch(/^[0-9a-f]{12}-other$/);
  });
});

describe("where a VF is", () => {
  const facts = { pci: "0000:01:00.0", totalVfs: 7, offset: 128, stride: 2, vfs: [] };
  it("is computed before there are VFs (offset and stride), and read when there are", () => {
    expect(vfAddressOf(facts, 0)).toBe("0000:01:10.0");
    expect(vfAddressOf(facts, 6)).toBe("0000:01:11.4");
    expect(vfAddressOf({ ...facts, vfs: ["0000:01:1f.7"] }, 0)).toBe("0000:01:1f.7");
  });
  it("is unknown where the PF can have none", () => {
    expect(vfAddressOf(undefined, 0)).toBeUndefined();
    expect(vfAddressOf({ ...facts, pci: undefined }, 0)).toBeUndefined();
    expect(vfAddressOf(facts, 7)).toBeUndefined();
  });
});

describe("what an inventory says of its servers", () => {
  const host = (own: object) => ({
    address: "a",
    port: 22,
    user: "root",
    privateKeyFile: "/k",
    hostKey: "ssh-ed25519 AAAA",
    generation: "",
    domainType: "kvm" as const,
    pfs: [{ name: "pf0", vfs: 7, totalVfs: 7 }],
    ...own,
  });
  const inventory = (own: object) => ({
    fidelity: "hardware" as const,
    hosts: { sender: host(own), responder: host({}) },
  });
  const there = parseObservation(
    "record=server cpus=6 memory_mib=63988\nrecord=pf name=pf0 pci=0000:01:00.0 total_vfs=7 offset=128 stride=2 vfs=\n",
  );
  const observed = { sender: there, responder: there };

  it("is refused where it is more than there is", () => {
    expect(falseClaims(inventory({ cpus: 6, memoryMiB: 60_000 }), observed)).toEqual([]);
    const claims = falseClaims(
      inventory({ cpus: 8, memoryMiB: 70_000, pfs: [{ name: "pf0", vfs: 7, totalVfs: 63 }] }),
      observed,
    ).map(problemLine);
    expect(claims.join("\n")).toMatch(/sender.cpus: 8 .* at most 6 .*doctor --write/);
    expect(claims.join("\n")).toMatch(/sender.memoryMiB: 70000 .* at most 65267/);
    expect(claims.join("\n")).toMatch(/sender.pfs.0.totalVfs: 63 .* at most 7/);
  });

  it("is completed by what they say of themselves", () => {
    expect(withObserved(inventory({}), observed).hosts.sender).toMatchObject({ cpus: 6, memoryMiB: 63988 });
    expect(withObserved(inventory({ cpus: 2 }), observed).hosts.sender.cpus).toBe(2);
  });
});
