import { describe, expect, it } from "vitest";
import type { Finding, ServerCheck } from "../../../infra/doctor/check.ts";
import { iommu, kvm, libvirt, qemu } from "../../../infra/doctor/checks/virtualisation.ts";
import { type Changes, findingOf, healthy, subject, wants, without } from "./subject.ts";

/** A check, changes of a healthy server, and what is found then. */
type Case = [ServerCheck, Changes, Partial<Finding>];

const libvirtSays = (said: Partial<typeof healthy.libvirt>) => ({
  facts: { libvirt: { ...healthy.libvirt, ...said } },
});
const cpu = (change: Partial<typeof healthy.cpu>) => ({ ...healthy.cpu, ...change });

const firmware = (what: string) => `systemctl reboot --firmware-setup  # turn on ${what} there`;
const grub = (words: string) => `sed -i 's/^GRUB_CMDLINE_LINUX="/&${words} /' /etc/default/grub && update-grub`;

describe("virtualisation", () => {
  it.each<Case>([
    [kvm, {}, { status: "ok" }],
    [kvm, { facts: { kvm: false } }, { status: "missing", mend: "modprobe kvm_intel" }],
    [kvm, { facts: { kvm: false, cpu: cpu({ vendor: "amd" }) } }, { status: "missing", mend: "modprobe kvm_amd" }],
    [
      kvm,
      { facts: { kvm: false, cpu: cpu({ virtualises: false }) } },
      {
        status: "missing",
        mend: `${firmware("VT-x")}; or have guests emulated: set hosts.sender.domainType to "qemu" in .lab/hosts.json`,
      },
    ],
    [
      kvm,
      { facts: { kvm: false, cpu: cpu({ virtualises: false }) }, host: { domainType: "qemu" } },
      { status: "ok", found: "not needed: domainType is qemu (/dev/kvm is not there)" },
    ],
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
    [iommu, {}, { status: "ok", found: "on, 58 groups" }],
    [
      iommu,
      { facts: { iommuGroups: 0 } },
      { status: "warning", found: "off, and pci-passthrough needs it", mend: firmware("VT-d") },
    ],
    [
      iommu,
      { facts: { iommuGroups: 0, kernelWords: ["quiet"] }, wanted: wants({ mainDriver: "pci-passthrough" }) },
      {
        status: "missing",
        mend: `${grub("intel_iommu=on iommu=pt")} && reboot  # and turn on VT-d in the firmware`,
      },
    ],
    [iommu, { facts: { iommuGroups: 0 }, wanted: wants({ mainDriver: "virtio-bridge" }) }, { status: "warning" }],
    [
      iommu,
      {
        facts: { iommuGroups: 0 },
        wanted: wants({ mainDriver: "virtio-bridge", backgroundVms: 2, backgroundDriver: "pci-passthrough" }),
      },
      { status: "missing" },
    ],
    [
      iommu,
      { facts: { iommuGroups: 0, kernelWords: ["quiet"], cpu: cpu({ vendor: "amd" }) } },
      { status: "warning", mend: `${grub("iommu=pt")} && ${firmware("AMD-Vi (IOMMU)")}` },
    ],
  ])("%o with %j", (check, changes, expected) => {
    expect(findingOf(check, changes)).toMatchObject(expected);
  });

  it("says nothing of QEMU when libvirt does not answer", () => {
    expect(qemu(subject(libvirtSays({ daemon: undefined, qemu: undefined })))).toEqual([]);
  });
});
