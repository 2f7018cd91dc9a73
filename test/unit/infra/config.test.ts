import { describe, expect, it } from "vitest";
import { configKeys, parseConfig, resolveConfig } from "../../../infra/config/load.ts";
import { LabError } from "../../../lib/errors.ts";

import { wrongScenarios } from "./wrong-configs.ts";
import { inventory, withHost, wrongHosts } from "./wrong-hosts.ts";

const raw = (own: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(own).map(([key, value]) => [
      `sriov-rtt:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
const good = { mainDriver: "virtio-bridge" };

function messageFor(own: Record<string, unknown>, extra: Record<string, string> = {}): string {
  try {
    resolveConfig(parseConfig({ ...raw({ ...good, hosts: inventory, ...own }), ...extra }, "sriov-rtt", "sender"), "/");
  } catch (error) {
    expect(error).toBeInstanceOf(LabError);
    expect((error as LabError).exitCode).toBe(2);
    return (error as LabError).message;
  }
  throw new Error("the configuration was accepted");
}

describe("a stack's configuration", () => {
  it.each([...wrongScenarios, ...wrongHosts])("refuses: %s", (_name, own, words) => {
    const message = messageFor(own);
    for (const word of words) expect(message).toContain(word);
  });

  it("refuses a configuration without a driver", () => {
    expect(() => parseConfig({}, "sriov-rtt", "new")).toThrow(
      /stack new[\s\S]*mainDriver: missing; allowed: .*virtio-bridge/,
    );
  });

  it("refuses keys of other projects", () => {
    expect(messageFor({}, { "libvirt:uri": "qemu:///system" })).toContain("libvirt:uri");
  });

  it.each([
    [
      "seven macvtap VMs beside a Main VM on a VF",
      { mainDriver: "pci-passthrough", backgroundVms: 7, backgroundDriver: "macvtap-bridge" },
    ],
    ["eight beside a Main VM on the bridge", { backgroundVms: 8, backgroundDriver: "pci-passthrough" }],
    [
      "the server itself, to which a VM's memory and CPUs do not apply",
      { mainDriver: "host-vf", guestMemoryMiB: 65_536, guestCpus: 64 },
    ],
    ["the server itself at one end", { mainDriver: { sender: "host-vf", responder: "pci-passthrough" }, mainVlan: 7 }],
    ["a VLAN on a VF", { mainDriver: "pci-passthrough", mainVlan: 7 }],
    [
      "CPU load at one end whose other end has no room",
      { ...withHost({ memoryMiB: 1024 }, "responder"), backgroundVms: 100, loadType: "cpu" },
    ],
  ])("accepts: %s", (_name, own) => {
    const all = raw({ ...good, hosts: inventory, ...own });
    expect(() => resolveConfig(parseConfig(all, "sriov-rtt", "sender"), "/")).not.toThrow();
  });

  it("names every wrong key at once", () => {
    const message = messageFor({ runs: 0, packets: 0, nonsense: true });
    for (const key of ["runs", "packets", "nonsense"]) expect(message).toContain(key);
  });

  it("fills in what is not said", () => {
    const config = resolveConfig(parseConfig(raw({ ...good, hosts: inventory }), "sriov-rtt", "sender"), "/");
    expect(config).toMatchObject({ runs: 10, packets: 100, frameBytes: 64, replicate: 1, neighbour: "permanent" });
    expect(config.inventory.hosts.sender).toMatchObject({ port: 22, user: "root", generation: "" });
  });

  it("knows its keys", () => {
    expect(configKeys).toContain("mainDriver");
  });
});
