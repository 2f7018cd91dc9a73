import { describe, expect, it } from "vitest";
import type { Finding, ServerCheck } from "../../../infra/doctor/check.ts";
import { libvirt, machine, qemu, selinux } from "../../../infra/doctor/checks/libvirt.ts";
import { type Changes, distributions, findingOf, healthy, subject, wants, without } from "./subject.ts";

/** A check, changes of a healthy server, and what is found then. */
type Case = [ServerCheck, Changes, Partial<Finding>];

const libvirtSays = (said: Partial<typeof healthy.libvirt>) => ({
  facts: { libvirt: { ...healthy.libvirt, ...said } },
});
const modular = new Map([
  ["virtqemud.socket", "enabled"],
  ["virtproxyd.socket", "disabled"],
  ["libvirtd.socket", "disabled"],
]);
const dead = { ...healthy.libvirt, daemon: undefined, said: "no socket" };

describe("libvirt and its QEMU", () => {
  it.each<Case>([
    [libvirt, {}, { status: "ok", found: "9.0.0" }],
    [
      libvirt,
      { facts: { tools: without(healthy.tools, "virsh") } },
      { status: "missing", mend: "apt-get install libvirt-daemon-system libvirt-clients" },
    ],
    [
      libvirt,
      libvirtSays({ daemon: undefined, said: "no socket" }),
      {
        status: "missing",
        found: "its daemon does not answer: no socket",
        mend: "systemctl enable --now libvirtd",
      },
    ],
    [
      libvirt,
      libvirtSays({ daemon: "6.0.0" }),
      {
        status: "warning",
        found: "6.0.0 is older than 8.0.0, the oldest that is supported",
        mend: "apt-get update && apt-get install --only-upgrade libvirt-daemon-system  # Debian 12, Ubuntu 22.04 or later have it",
      },
    ],
    [qemu, {}, { status: "ok", found: "7.2.15" }],
    [
      qemu,
      libvirtSays({ qemu: undefined, said: "no emulator" }),
      {
        status: "missing",
        found: "libvirt finds none: no emulator",
        mend: "apt-get install qemu-system-x86 && systemctl restart libvirtd",
      },
    ],
    [qemu, libvirtSays({ qemu: "4.2.1" }), { status: "warning" }],
    [
      libvirt,
      { facts: { tools: without(healthy.tools, "virsh"), distribution: distributions.rhel } },
      { status: "missing", mend: "dnf install libvirt-daemon-kvm libvirt-client" },
    ],
    [
      libvirt,
      { facts: { tools: without(healthy.tools, "virsh"), distribution: distributions.leap } },
      { status: "missing", mend: "zypper install libvirt-daemon-qemu libvirt-client" },
    ],
    [
      libvirt,
      { facts: { libvirt: dead, libvirtUnits: modular } },
      { status: "missing", mend: "systemctl enable --now virtqemud.socket" },
    ],
    [
      libvirt,
      { facts: { libvirt: dead, libvirtUnits: new Map([["virtqemud.socket", "disabled"]]) } },
      { mend: "systemctl enable --now virtqemud.socket" },
    ],
    [
      libvirt,
      { facts: { libvirtUnits: modular } },
      { status: "ok", found: "9.0.0, modular daemons (nobody has tried them on a real server)" },
    ],
    [
      qemu,
      {
        facts: {
          libvirt: { ...healthy.libvirt, qemu: undefined, said: "none" },
          libvirtUnits: modular,
          distribution: distributions.fedora,
        },
      },
      { status: "missing", mend: "dnf install qemu-kvm && systemctl restart virtqemud" },
    ],
    [
      machine,
      { facts: { machines: new Set(["q35"]) } },
      {
        what: "machine of the guests",
        status: "missing",
        found: "QEMU offers q35 and no pc, which all guests are; such a server is not supported",
      },
    ],
    [
      machine,
      { facts: { devices: new Set(["virtio-net-pci"]) } },
      { what: "device e1000", status: "warning", mend: expect.stringContaining("mainDriver virtio-bridge") },
    ],
    [
      machine,
      { facts: { devices: new Set(["virtio-net-pci"]) }, wanted: wants({ mainDriver: "e1000-bridge" }) },
      { status: "missing" },
    ],
    [selinux, { facts: { selinux: "permissive" } }, { status: "ok", found: "permissive" }],
    [selinux, { facts: { selinux: "enforcing" } }, { status: "warning", found: expect.stringMatching(/^enforcing/) }],
  ])("%o with %j", (check, changes, expected) => {
    expect(findingOf(check, changes)).toMatchObject(expected);
  });

  it("says nothing of machines and devices that are there, or that nobody could tell", () => {
    expect(machine(subject())).toEqual([]);
    expect(machine(subject({ facts: { machines: undefined, devices: undefined } }))).toEqual([]);
    expect(selinux(subject())).toEqual([]);
  });

  it("says nothing of QEMU when libvirt does not answer", () => {
    expect(qemu(subject(libvirtSays({ daemon: undefined, qemu: undefined })))).toEqual([]);
  });
});
