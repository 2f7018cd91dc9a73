import { serialLog } from "../../lib/endpoints/libvirt-vm.ts";

/** All that libvirt is told about a guest. */
export interface DomainSpec {
  name: string;
  uuid: string;
  /** "qemu" where the server has no hardware virtualisation. */
  domainType: "kvm" | "qemu";
  memoryMiB: number;
  vcpus: number;
  /** Paths on the server. */
  kernel: string;
  initrd: string;
  kernelWords: string[];
  /** The `<interface>` element. */
  interfaceXml: string;
  /** Stands in the description: a domain with another one is another deployment of the VM. */
  token: string;
}

/**
 * What the description of each domain of ours begins with. A server may have a VM of the same name that is somebody else's;
 * infra/scripts/in-use.sh tells them apart by it.
 */
export const domainMark = "sriov-rtt-testbed";

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** What a guest sees of its server's CPU: all of it, or all that QEMU can emulate. */
export const cpuMode = { kvm: "host-passthrough", qemu: "maximum" } as const;

/**
 * A guest's domain definition (https://libvirt.org/formatdomain.html): diskless, kernel and initramfs from the server,
 * identity on the kernel command line, commands through the guest agent's channel so that no management network is
 * needed. Machine `pc` without USB, balloon and graphics is what starts fastest. No HPET: QEMU's emulation of it wakes up
 * for an idle guest, which on an emulated server took more than a fifth of its CPU away from what is measured.
 */
export function domainXml(spec: DomainSpec): string {
  return `<domain type="${spec.domainType}">
  <name>${escaped(spec.name)}</name>
  <uuid>${spec.uuid}</uuid>
  <description>${escaped(`${domainMark} ${spec.token}`)}</description>
  <memory unit="MiB">${spec.memoryMiB}</memory>
  <vcpu>${spec.vcpus}</vcpu>
  <os>
    <type arch="x86_64" machine="pc">hvm</type>
    <kernel>${escaped(spec.kernel)}</kernel>
    <initrd>${escaped(spec.initrd)}</initrd>
    <cmdline>${escaped(spec.kernelWords.join(" "))}</cmdline>
  </os>
  <features><acpi/><apic/></features>
  <cpu mode="${cpuMode[spec.domainType]}"${spec.domainType === "kvm" ? ' migratable="off"' : ""}/>
  <clock offset="utc"><timer name="hpet" present="no"/></clock>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>destroy</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <controller type="usb" model="none"/>
    <memballoon model="none"/>
    <serial type="pty">
      <log file="${escaped(serialLog(spec.name))}" append="off"/>
      <target port="0"/>
    </serial>
    <channel type="unix"><target type="virtio" name="org.qemu.guest_agent.0"/></channel>
    ${spec.interfaceXml}
  </devices>
</domain>`;
}

/**
 * An XSLT stylesheet whose result is `xml` whatever it is applied to: the libvirt provider has no field for host
 * devices, NIC models, channels or logs, so the whole definition goes through its one general door, and one pure
 * function decides what a domain is. Braces would be attribute value templates (XSLT 1.0, section 7.6.2): doubled.
 */
export function xsltOf(xml: string): string {
  const literal = xml.replaceAll("{", "{{").replaceAll("}", "}}");
  return `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output omit-xml-declaration="yes"/>
<xsl:template match="/">
${literal}
</xsl:template>
</xsl:stylesheet>
`;
}
