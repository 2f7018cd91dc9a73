import { describe, expect, it } from "vitest";
import type { ServerCheck } from "../../../infra/doctor/check.ts";
import { kernelModules, packages } from "../../../infra/doctor/checks/software.ts";
import { type Changes, healthy, subject, ubuntu, wants, without } from "./subject.ts";

describe("software", () => {
  const lineOf = (check: ServerCheck, what: string, changes: Changes = {}) =>
    check(subject(changes)).find((finding) => finding.what === what);

  it("has a line for each package, all ok", () => {
    expect(packages(subject()).map(({ what, status, found }) => `${status} ${what} ${found}`)).toEqual([
      "ok iproute2 6.1.0 (ip, bridge, ss, tc)",
      "ok tcpdump 4.99.3",
      "ok sysstat 12.6.1 (mpstat)",
      "ok ethtool 6.1",
      "ok udev 252 (udevadm)",
    ]);
  });

  it("asks for ping where a stack's Main endpoint is the server itself, and nowhere else", () => {
    const host = wants({ mainDriver: { sender: "host-vf", responder: "virtio-bridge" } });
    expect(lineOf(packages, "iputils-ping", { wanted: host })).toMatchObject({
      ...{ status: "missing", found: "ping not installed", mend: "apt-get install iputils-ping" },
    });
    const facts = { tools: new Set([...healthy.tools, "ping"]) };
    expect(lineOf(packages, "iputils-ping", { wanted: host, facts })).toMatchObject({ status: "ok" });
    expect(lineOf(packages, "iputils-ping", { wanted: wants({ mainDriver: "virtio-bridge" }) })).toBeUndefined();
  });

  it("asks for what each probe of the stack runs there too", () => {
    const main = { mainDriver: { sender: "host-vf", responder: "virtio-bridge" } };
    expect(lineOf(packages, "netperf", { wanted: wants({ ...main, probes: ["netperf"] }) })).toMatchObject({
      ...{ status: "missing", found: "netperf, netserver not installed" },
    });
    expect(lineOf(packages, "netperf", { wanted: wants(main) })).toBeUndefined();
    expect(
      lineOf(packages, "netperf", { wanted: wants({ mainDriver: "virtio-bridge", probes: ["netperf"] }) }),
    ).toBeUndefined();
  });

  it.each([
    ["iproute2", ["ip", "bridge", "ss", "tc"], "ip, bridge, ss, tc not installed"],
    ["tcpdump", ["tcpdump"], "tcpdump not installed"],
    ["sysstat", ["mpstat"], "mpstat not installed"],
    ["ethtool", ["ethtool"], "ethtool not installed"],
    ["udev", ["udevadm"], "udevadm not installed"],
  ])("installs %s", (name, tools, found) => {
    expect(lineOf(packages, name, { facts: { tools: without(healthy.tools, ...tools) } })).toEqual({
      what: name,
      status: "missing",
      found,
      mend: `apt-get install ${name}`,
    });
  });

  it("warns of a tool that is older than supported systems have", () => {
    const versions = new Map([...healthy.versions, ["sysstat", "11.4.0"]]);
    expect(lineOf(packages, "sysstat", { facts: { versions } })).toMatchObject({
      status: "warning",
      found: "11.4.0 is older than 12.5.2, the oldest that is supported",
    });
  });

  it("takes a date for the old version of iproute2 that it is", () => {
    const versions = new Map([["iproute2", "ss190107"]]);
    expect(lineOf(packages, "iproute2", { facts: { versions } })).toMatchObject({ status: "warning" });
  });

  it("takes a version that it cannot read as it is", () => {
    const versions = new Map([["tcpdump", "built by hand"]]);
    expect(lineOf(packages, "tcpdump", { facts: { versions } })).toMatchObject({ found: "built by hand" });
    expect(lineOf(packages, "udev", { facts: { versions } })).toMatchObject({ found: "version unknown (udevadm)" });
  });

  it("has a line for each module, loaded or loadable", () => {
    expect(kernelModules(subject()).map(({ what, status, found }) => `${status} ${what} ${found}`)).toEqual([
      "ok module bridge loaded",
      "ok module tun loaded",
      "ok module vhost_net loadable",
      "ok module macvtap loadable",
      "ok module vfio_pci loadable",
    ]);
  });

  const absent = { modules: new Map() };
  it.each([
    ["bridge", undefined, "missing", "not there; every driver needs it"],
    ["tun", undefined, "warning", "not there; needed by e1000-bridge, virtio-bridge"],
    ["vhost_net", "e1000-bridge", "warning", /needed by virtio-bridge, macvtap-passthrough/],
    ["vhost_net", "macvtap-vepa", "missing", /^not there/],
    ["macvtap", "macvtap-bridge", "missing", /^not there/],
    ["macvtap", "pci-passthrough", "warning", /^not there/],
    ["vfio_pci", "pci-passthrough", "missing", "not there; needed by pci-passthrough"],
  ])("module %s, for %s: %s", (name, mainDriver, status, found) => {
    const wanted = mainDriver === undefined ? undefined : wants({ mainDriver });
    const finding = lineOf(kernelModules, `module ${name}`, { facts: absent, wanted });
    expect(finding).toMatchObject({ status, mend: "apt-get install linux-image-amd64 && reboot  # into that kernel" });
    expect(finding?.found).toMatch(found);
  });

  it("takes modules that Ubuntu's small kernels leave out from their own package", () => {
    const facts = { ...absent, distribution: ubuntu, kernel: "5.15.0-25-generic" };
    expect(lineOf(kernelModules, "module tun", { facts })?.mend).toBe(
      "apt-get install linux-modules-extra-5.15.0-25-generic",
    );
  });

  it("asks for a reboot when the running kernel's modules are gone", () => {
    const facts = { ...absent, kernelModulesThere: false };
    expect(lineOf(kernelModules, "module bridge", { facts })).toMatchObject({
      found: "not there, as are none of the running kernel 6.1.0-28-amd64; every driver needs it",
      mend: "reboot",
    });
  });
});
