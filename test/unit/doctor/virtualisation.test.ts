import { describe, expect, it } from "vitest";
import type { Finding, ServerCheck } from "../../../infra/doctor/check.ts";
import { iommu, kvm } from "../../../infra/doctor/checks/virtualisation.ts";
import { type Changes, distributions, findingOf, healthy, wants } from "./subject.ts";

/** A check, changes of a healthy server, and what is found then. */
type Case = [ServerCheck, Changes, Partial<Finding>];

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
    [
      iommu,
      { facts: { iommuGroups: 0, kernelWords: [], distribution: distributions.rhel } },
      {
        mend: 'grubby --update-kernel=ALL --args="intel_iommu=on iommu=pt" && reboot  # and turn on VT-d in the firmware',
      },
    ],
    [
      iommu,
      { facts: { iommuGroups: 0, kernelWords: [], distribution: distributions.leap } },
      { mend: expect.stringMatching(/^sed .* && grub2-mkconfig -o \/boot\/grub2\/grub.cfg && reboot/) },
    ],
  ])("%o with %j", (check, changes, expected) => {
    expect(findingOf(check, changes)).toMatchObject(expected);
  });
});
