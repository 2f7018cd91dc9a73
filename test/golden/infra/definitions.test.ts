import { join } from "node:path";
import { execaSync } from "execa";
import { describe, expect, it } from "vitest";
import { shellScript } from "../../../infra/server-script.ts";
import { identityOf } from "../../../infra/vm/addresses.ts";
import { domainXml, xsltOf } from "../../../infra/vm/domain-xml.ts";
import { attachments, type Driver, drivers, takesVf } from "../../../infra/vm/drivers.ts";
import { kernelWords } from "../../../infra/vm/kernel-words.ts";
import type { AttachmentPoint } from "../../../infra/vm/ports/port.ts";

const vf = { pci: "0000:01:10.2", netdev: "rtt0v2" };
const pointOf = (driver: Driver): AttachmentPoint => (takesVf(driver) ? { vf } : { bridge: "rtt0" });
const attachment = (driver: Driver, mac: string, point: AttachmentPoint, vlan = 0) =>
  attachments[driver].port.interfaceXml(mac, point, vlan);

function definition(driver: Driver): string {
  const identity = identityOf({ pair: 1, role: "sender" }, 0);
  const peer = identityOf({ pair: 1, role: "responder" }, 0);
  return domainXml({
    name: identity.name,
    uuid: "00000000-0000-8000-a000-000000000001",
    domainType: "kvm",
    memoryMiB: 128,
    vcpus: 1,
    kernel: "/images/vmlinuz",
    initrd: "/images/initrd",
    kernelWords: kernelWords({ identity, module: attachments[driver].port.guestModule, links: [], neighbours: [peer] }),
    interfaceXml: attachment(driver, identity.mac, pointOf(driver)),
    token: "sender-main-slot1",
  });
}

const golden = (name: string) => join(import.meta.dirname, "files", name);

describe("domain definitions", () => {
  it.each(drivers)("%s", async (driver) => {
    await expect(definition(driver)).toMatchFileSnapshot(golden(`${driver}.golden.xml`));
  });

  it("names the VLAN where libvirt hands a VF over whole, and would set it to none", () => {
    for (const driver of ["pci-passthrough", "macvtap-passthrough"] as const) {
      expect(attachment(driver, "m", { vf }, 7)).toContain('<mac address="m"/><vlan><tag id="7"/></vlan>');
      expect(attachment(driver, "m", { vf }, 0)).not.toContain("vlan");
    }
    expect(attachment("macvtap-bridge", "m", { vf }, 7)).not.toContain("vlan");
  });

  it("is refused when the driver and the place do not fit", () => {
    expect(() => attachment("virtio-bridge", "m", { vf })).toThrow(/attaches to a bridge/);
    expect(() => attachment("pci-passthrough", "m", { bridge: "rtt0" })).toThrow(/attaches to a VF/);
    expect(() => attachment("pci-passthrough", "m", { vf: { ...vf, pci: "1:2" } })).toThrow(/"1:2" is no PCI address/);
  });

  it("escapes what XML and XSLT would take for their own", () => {
    const xml = domainXml({
      name: 'a&<"{b}',
      uuid: "u",
      domainType: "qemu",
      memoryMiB: 1,
      vcpus: 1,
      kernel: "/k",
      initrd: "/i",
      kernelWords: ["x={1}"],
      interfaceXml: "",
      token: "t",
    });
    expect(xml).toContain("<name>a&amp;&lt;&quot;{b}</name>");
    expect(xsltOf(xml)).toContain("x={{1}}");
  });
});

describe("scripts for servers", () => {
  const scripts = ["lease.sh", "nic.sh", "bridge.sh", "slots.sh", "ready.sh", "observe.sh"];
  it.each(scripts)("%s is a script that a POSIX shell can read", (file) => {
    const text = shellScript(file, { ACTION: "create", NAME: "it's", TOKEN: "t" });
    expect(text).toContain("NAME='it'\\''s'");
    execaSync("sh", ["-n"], { input: text });
  });
});
