import { describe, expect, it } from "vitest";
import { cpuPercent } from "../../../lib/endpoints/endpoint.ts";
import { countedKinds, endpointOn } from "../../../lib/endpoints/kinds.ts";
import type { SshConnection } from "../../../lib/ssh/connect.ts";

/** A server whose libvirt answers so. */
const vmOn = (answer: string, code = 0) => {
  const asked: string[] = [];
  const ssh = {
    run: async (command: string) => {
      asked.push(command);
      return answer;
    },
    exec: async () => ({ code, stdout: Buffer.from(answer), stderr: code === 0 ? "" : "no connection" }),
  } as unknown as SshConnection;
  return { asked, vm: endpointOn(ssh, "vm", "rtt-main") };
};

describe("a libvirt VM as an endpoint", () => {
  const interfaces = `      <interface type='bridge'>
        <mac address='52:54:00:9A:01:00'/>
        <source bridge='rtt0'/>
        <target dev='vnet0'/>
      </interface>
      <interface type='direct' trustGuestRxFilters='yes'>
        <mac address="52:54:00:9a:01:01"/>
        <source dev="rtt0v2" mode="passthrough"/>
        <target dev="macvtap1"/>
      </interface>
      <interface type='hostdev' managed='yes'>
        <mac address='52:54:00:9a:01:02'/>
        <driver name='vfio'/>
        <source>
          <address type='pci' domain='0x0000' bus='0x01' slot='0x10' function='0x4'/>
        </source>
      </interface>
`;

  it("has the interface with its address on the server, and the device below it", async () => {
    const { asked, vm } = vmOn(interfaces);
    expect(await vm.serverInterfaces("52:54:00:9a:01:00")).toEqual({ own: "vnet0", below: "rtt0" });
    expect(await vm.serverInterfaces("52:54:00:9a:01:01")).toEqual({ own: "macvtap1", below: "rtt0v2" });
    expect(asked[0]).toContain("/run/libvirt/qemu/rtt-main.xml");
  });

  it.each(["52:54:00:9a:01:02", "52:54:00:9a:01:03"])(
    "has no interface where the server sees none: %s",
    async (mac) => {
      await expect(vmOn(interfaces).vm.serverInterfaces(mac)).rejects.toThrow(`no interface with the address ${mac}`);
    },
  );

  it("is there when libvirt says so by its whole name, and unknown when libvirt says nothing", async () => {
    expect(await vmOn("rtt-main\n").vm.isThere()).toBe(true);
    expect(await vmOn("rtt-main2\n").vm.isThere()).toBe(false);
    await expect(vmOn("", 1).vm.isThere()).rejects.toThrow(
      /libvirt does not tell whether rtt-main is there: no connection/,
    );
  });

  it("has used the CPU that libvirt counts between two looks, and none that nobody counted", () => {
    const look = (seconds: number, ns: number) =>
      countedKinds.vm.cpu.parse(`${seconds}.00\nDomain: 'rtt-main'\n  cpu.time=${ns}\n`, "sender");
    expect(cpuPercent("rtt-main", look(10, 1e9), look(14, 3e9))).toBe(50);
    expect(cpuPercent("rtt-bg-001", look(10, 1e9), look(14, 3e9))).toBeNull();
  });
});
