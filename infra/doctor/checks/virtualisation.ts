import { lack, missing, ok, type ServerCheck, type Subject } from "../check.ts";
import { setCommand } from "../hosts-source.ts";
import { addKernelWords, firmwareSetup } from "../packages.ts";

const firmwareName = {
  intel: { virtualisation: "VT-x", iommu: "VT-d" },
  amd: { virtualisation: "SVM", iommu: "AMD-Vi (IOMMU)" },
  other: { virtualisation: "hardware virtualisation", iommu: "the IOMMU" },
};

/** Hardware virtualisation, unless the host is one whose guests are emulated. */
export const kvm: ServerCheck = ({ role, host, facts: { kvm, cpu }, source }) => {
  const there = kvm ? "/dev/kvm is there" : "/dev/kvm is not there";
  if (host.domainType === "qemu") return [ok("KVM", `not needed: domainType is qemu (${there})`)];
  if (kvm) return [ok("KVM", there)];
  if (cpu.virtualises)
    return [
      missing("KVM", `${there}; the processor could`, `modprobe kvm_${cpu.vendor === "intel" ? "intel" : "amd"}`),
    ];
  return [
    missing(
      "KVM",
      `${there}, and the processor shows no hardware virtualisation`,
      `${firmwareSetup(firmwareName[cpu.vendor].virtualisation)}; or have guests emulated: ${setCommand(source, role, "domainType", "qemu")}`,
    ),
  ];
};

const wantedWords = { intel: ["intel_iommu=on", "iommu=pt"], amd: ["iommu=pt"], other: ["iommu=pt"] };

function iommuMend({ facts }: Subject): string {
  const { cpu, kernelWords } = facts;
  const setup = firmwareSetup(firmwareName[cpu.vendor].iommu);
  const words = wantedWords[cpu.vendor].filter((word) => !kernelWords.includes(word));
  if (words.length === 0) return setup;
  // Linux uses AMD's IOMMU by itself when the firmware offers it, and Intel's only when it is asked to.
  return `${addKernelWords(facts, words)} && ${words.includes("intel_iommu=on") ? `reboot  # and turn on ${firmwareName.intel.iommu} in the firmware` : setup}`;
}

/** Only a device behind an IOMMU can be handed to a guest. */
export const iommu: ServerCheck = (subject) => {
  const { facts, wanted } = subject;
  if (facts.iommuGroups > 0) return [ok("IOMMU", `on, ${facts.iommuGroups} groups`)];
  return [
    lack(wanted, (driver) => driver === "pci-passthrough")(
      "IOMMU",
      "off, and pci-passthrough needs it",
      iommuMend(subject),
    ),
  ];
};
