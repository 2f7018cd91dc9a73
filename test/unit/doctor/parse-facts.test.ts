import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { factsScript } from "../../../infra/doctor/examine.ts";
import { parseFacts } from "../../../infra/doctor/parse-facts.ts";
import { broken, healthy, texts } from "./subject.ts";

describe("what a server says of itself", () => {
  it("is read whole", () => {
    expect(healthy).toEqual({
      user: { id: 0, name: "root" },
      machine: "x86_64",
      kernel: "6.1.0-28-amd64",
      kernelModulesThere: true,
      distribution: { id: "debian", like: [], version: "12", name: "Debian GNU/Linux 12 (bookworm)" },
      kernelWords: [
        "BOOT_IMAGE=/vmlinuz-6.1.0-28-amd64",
        "root=/dev/sda1",
        "ro",
        "intel_iommu=on",
        "iommu=pt",
        "quiet",
      ],
      cpu: { vendor: "intel", virtualises: true, count: 12 },
      memory: { totalMiB: 64_137, availableMiB: 62_305 },
      hugepages: { total: 0, free: 0, sizeKiB: 2048 },
      kvm: true,
      libvirt: { daemon: "9.0.0", qemu: "7.2.15", said: "" },
      libvirtUnits: new Map([
        ["libvirtd.service", "enabled"],
        ["libvirtd.socket", "enabled"],
        ["virtproxyd.socket", "disabled"],
        ["virtqemud.socket", "disabled"],
      ]),
      machines: new Set(["pc", "q35"]),
      devices: new Set(["e1000", "vfio-pci", "virtio-net-pci"]),
      selinux: "off",
      iommuGroups: 58,
      clock: { source: "tsc", available: ["tsc", "hpet", "acpi_pm"] },
      time: { synchronised: true, daemons: ["chronyd"] },
      governors: ["performance"],
      interfaces: ["eno1", "ens1f0", "ens1f1", "lo"],
      nicLimits: new Map([
        [
          "ens1f0",
          {
            pci: "0000:3b:00.0",
            eswitch: "legacy",
            vfVectors: undefined,
            hasVfMemory: true,
            lastBus: 60,
            offset: 128,
            stride: 2,
            sharedGroups: new Map(),
          },
        ],
      ]),
      bridgedFrames: { calls: false, chains: [], unread: [] },
      tools: new Set(["virsh", "ip", "bridge", "ss", "tc", "tcpdump", "mpstat", "ethtool", "udevadm", "cpupower"]),
      versions: new Map([
        ["iproute2", "6.1.0"],
        ["tcpdump", "4.99.3"],
        ["sysstat", "12.6.1"],
        ["ethtool", "6.1"],
        ["udev", "252"],
      ]),
      modules: new Map([
        ["bridge", "loaded"],
        ["tun", "loaded"],
        ["vhost_net", "loadable"],
        ["macvtap", "loadable"],
        ["vfio_pci", "loadable"],
      ]),
      pfs: new Map([
        [
          "ens1f0",
          {
            pci: "0000:3b:00.0",
            driver: "ixgbe",
            driverVersion: "6.1.0-28-amd64",
            firmware: "0x800003df",
            up: true,
            carrier: true,
            speedMbps: 10_000,
            totalVfs: 63,
            vfs: 0,
            vfDevice: "8086:1515",
            vfModules: ["ixgbevf"],
          },
        ],
      ]),
    });
  });

  it("tells why libvirt does not answer", () => {
    expect(broken.libvirt).toEqual({
      daemon: undefined,
      qemu: undefined,
      said: "failed to connect to the hypervisor; Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory",
    });
  });

  it("knows the daemon from its API when QEMU is not there and its own version is not told", () => {
    const text = texts.healthy.replace(/Running hypervisor[^@]*/, "error: failed to get the hypervisor version\n");
    expect(parseFacts(text).libvirt).toEqual({
      daemon: "9.0.0",
      qemu: undefined,
      said: "failed to get the hypervisor version",
    });
  });

  it("has no port for an interface that is not there, and no SR-IOV for one without it", () => {
    expect([...broken.pfs.keys()]).toEqual(["eno1", "ens1f0"]);
    expect(broken.pfs.get("eno1")).toMatchObject({ totalVfs: undefined, vfDevice: undefined, vfModules: [] });
  });

  it("does not know the link of a port that is down, nor a speed that is none", () => {
    const text = texts.healthy.replace("up 1\ncarrier 1\nspeed 10000", "up 0\ncarrier \nspeed ");
    expect(parseFacts(text).pfs.get("ens1f0")).toMatchObject({ up: false, carrier: undefined, speedMbps: undefined });
    expect(broken.pfs.get("ens1f0")).toMatchObject({ up: true, carrier: false, speedMbps: undefined });
  });

  it.each([
    ["timedatectl", "@@time-synchronised\nyes\n@@chrony\n@@time-daemons\n", true],
    ["chrony", "@@time-synchronised\n@@chrony\nNormal\n@@time-daemons\nchronyd\n", true],
    ["phc2sys", "@@time-synchronised\nno\n@@chrony\n@@time-daemons\nphc2sys\nptp4l\n", true],
    [
      "a chrony that has no source",
      "@@time-synchronised\nno\n@@chrony\nNot synchronised\n@@time-daemons\nchronyd\n",
      false,
    ],
    ["nobody", "@@time-synchronised\n@@chrony\n@@time-daemons\n", false],
  ])("is synchronised when %s says so: %s", (_who, block, synchronised) => {
    const text = texts.healthy.replace(/@@time-synchronised[\s\S]*?(?=@@interfaces)/, block);
    expect(parseFacts(text).time.synchronised).toBe(synchronised);
  });

  it("is refused when it is not understood, by the fact that is wrong", () => {
    expect(() => parseFacts("bash: sh: restricted\n")).toThrow(/it says nothing of memory/);
    expect(() => parseFacts(texts.healthy.replace("@@cpus\n12", "@@cpus\nnproc: not found"))).toThrow(
      /cpus: "nproc: not found"/,
    );
    expect(() => parseFacts(texts.healthy.replace(/MemTotal.*\n/, ""))).toThrow(/MemTotal: ""/);
  });
});

describe("facts.sh", () => {
  it("asks what the parser reads, of this machine as of any other", { timeout: 60_000 }, () => {
    const script = factsScript({
      pfs: [
        { name: "lo", vfs: 0 },
        { name: "nope", vfs: 0 },
      ],
    });
    const facts = parseFacts(execFileSync("sh", ["-c", script], { encoding: "utf8" }));
    expect(facts.cpu.count).toBeGreaterThan(0);
    expect(facts.memory.totalMiB).toBeGreaterThan(0);
    expect(facts.interfaces).toContain("lo");
    expect(facts.pfs.get("lo")).toMatchObject({ pci: undefined, driver: undefined, totalVfs: undefined });
    expect(facts.pfs.has("nope")).toBe(false);
  });

  it("is a script that a POSIX shell can read", () => {
    execFileSync("sh", ["-n"], { input: factsScript({ pfs: [{ name: "ens1f0", vfs: 1 }] }) });
  });
});
