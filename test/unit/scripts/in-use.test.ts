import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serverScript } from "../../../infra/server-script.ts";
import { MadeUpServer } from "../../support/made-up/server.ts";

let server: MadeUpServer;
beforeEach(() => {
  server = new MadeUpServer();
});
afterEach(() => server.remove());

/** What up and doctor find in the way of `vfs` VFs on pf0 and a bridge rtt0 over it, a line each. */
const findings = async (vfs: number, environment = "") =>
  (await server.shell(`${serverScript("in-use.sh")}\n${environment}\nport_in_use pf0 ${vfs} rtt0`))
    .split("\n")
    .filter(Boolean);

const qemu = (name: string) => ["qemu-system-x86_64", "-name", `guest=${name},debug-threads=on`];

describe("a port of somebody's", () => {
  it("is free when nobody uses it, also when it is up and has VFs that nobody has", async () => {
    await server.pf("pf0", { up: true, vfs: [{ driver: "igbvf" }, {}, { driver: "vfio-pci" }] });
    server.write("kernel/addr/pf0", "2: pf0    inet6 fe80::1/64 scope link \\ valid_lft forever\n");
    expect(await findings(3)).toEqual([]);
    expect(await findings(4)).toEqual([]);
  });

  it.each([
    ["vlan", "vlan", /^carries pf0 carries up0 \(vlan\)$/],
    ["ipvlan", "ipvlan", /^carries pf0 carries up0 \(ipvlan\)$/],
  ])("is in use as the parent of a %s", async (_name, kind, expected) => {
    await server.pf("pf0");
    server.interface("up0");
    server.upper("pf0", "up0", { kind });
    expect(await findings(0)).toEqual([expect.stringMatching(expected)]);
  });

  it("is in use in a bond under a VLAN under the bridge that ssh comes in by: all of it is told", async () => {
    await server.pf("pf0");
    for (const name of ["bond0", "bond0.5", "br7"]) server.interface(name);
    server.write("sys/devices/virtual/bond0/bonding/slaves", "pf0\n");
    server.write("sys/devices/virtual/br7/bridge/x", "");
    server.upper("pf0", "bond0", { master: true });
    server.upper("bond0", "bond0.5", { kind: "vlan" });
    server.upper("bond0.5", "br7", { master: true });
    server.write("kernel/addr/br7", "4: br7    inet 10.0.0.1/24 scope global br7\n");
    server.write("kernel/route-get", "10.0.0.9 dev br7 src 10.0.0.1 uid 0\n");
    expect(await findings(0, "SSH_CONNECTION='10.0.0.9 50000 10.0.0.1 22'")).toEqual([
      "port-of pf0 is a port of bond0 (bond; 10.0.0.1/24; this ssh connection comes in by it)",
    ]);
  });

  it("is in use in Open vSwitch", async () => {
    await server.pf("pf0");
    server.interface("ovs-system");
    server.upper("pf0", "ovs-system", { master: true });
    expect(await findings(0)).toEqual(["port-of pf0 is a port of ovs-system (Open vSwitch)"]);
  });

  it("is in use with an address, also one that it gave itself by IPv4LL; or with a route", async () => {
    await server.pf("pf0");
    server.write("kernel/addr/pf0", "2: pf0    inet 169.254.7.7/16 scope link pf0\n");
    server.write("kernel/route/pf0", "10.7.0.0/16 via 10.7.0.1\nlocal 169.254.7.7 table local proto kernel\n");
    expect(await findings(0)).toEqual([
      "address pf0 has an address (169.254.7.7/16)",
      "route pf0 carries a route (10.7.0.0/16)",
    ]);
  });

  it.each([
    ["-o addr show dev pf0", "has an address"],
    ["-4 route show table all dev pf0", "carries a route"],
    ["-4 -o route show table all", "carries a route"],
    ["-6 route show", "carries a route"],
  ])("is not taken for nobody's when %s fails: that is told, with why", async (question, what) => {
    await server.pf("pf0");
    server.write("proc/net/if_inet6", "");
    server.write("kernel/ip-fails", question);
    expect(await findings(0)).toEqual([
      expect.stringMatching(
        new RegExp(`^unknown whether pf0 ${what} cannot be seen: ip ${question}.* fails: .*No buffer space available$`),
      ),
    ]);
  });

  it.each(["-o route get", "-o addr show to"])(
    "may be the way of this ssh connection when %s fails",
    async (question) => {
      await server.pf("pf0");
      server.write("kernel/ip-fails", question);
      const [finding = "", ...others] = await findings(0, "SSH_CONNECTION='10.0.0.9 50000 10.0.0.1 22'");
      expect(finding).toMatch(
        /^unknown whether this ssh connection comes in by pf0 cannot be seen: ip .*No buffer space/,
      );
      expect(others).toEqual([]);
    },
  );

  it("is nobody's where no route leads to who has come in by ssh, or the kernel has no IPv6", async () => {
    await server.pf("pf0");
    server.write("kernel/ip-fails", "-o route get");
    server.write("kernel/ip-failure", "RTNETLINK answers: Network is unreachable");
    expect(await findings(0, "SSH_CONNECTION='10.0.0.9 50000 10.0.0.1 22'")).toEqual([]);
    server.write("kernel/ip-fails", "-6");
    expect(await findings(0)).toEqual([]);
  });

  it("is refused in switchdev mode, which devlink or its representors tell", async () => {
    await server.pf("pf0", { vfs: [{}] });
    server.write("sys/devices/virtual/pf0/phys_switch_id", "aabb\n");
    expect(await findings(1)).toEqual([]);
    server.interface("rep0", { phys_switch_id: "aabb", phys_port_name: "pf0vf0" });
    expect(await findings(1)).toEqual([expect.stringMatching(/^switchdev pf0 .*mode legacy/)]);
  });
});

describe("VFs of somebody's, all of which go when their number changes,", () => {
  it.each([
    ["vfio-pci", ["/dev/vfio/vfio", "/dev/vfio/12"]],
    ["iommufd", ["/dev/vfio/devices/vfio3"]],
  ])("are in the hands of a VM, which is named: %s", async (_name, files) => {
    await server.pf("pf0", { vfs: [{}, { driver: "vfio-pci" }] });
    server.link("../groups/12", "sys/devices/0000:01:10.2/iommu_group");
    server.write("sys/devices/0000:01:10.2/vfio-dev/vfio3/dev", "");
    server.process(77, "qemu-system-x86", qemu("customer"), files);
    expect(await findings(2)).toEqual([]);
    expect(await findings(4)).toEqual(["vm VF 1 of pf0 (0000:01:10.2) is in the hands of the VM customer"]);
  });

  it("are in the hands of another program", async () => {
    await server.pf("pf0", { vfs: [{ driver: "vfio-pci" }] });
    server.link("../groups/9", "sys/devices/0000:01:10.0/iommu_group");
    server.process(78, "testpmd", ["testpmd"], ["/dev/vfio/9"]);
    expect(await findings(4)).toEqual([
      "process VF 0 of pf0 (0000:01:10.0) is in the hands of the process testpmd (78)",
    ]);
  });

  it("are in a pod: their interface has left this network namespace", async () => {
    await server.pf("pf0", { vfs: [{ driver: "igbvf", netdev: "pod0" }] });
    await server.shell(`rm -r ${server.root}/sys/devices/0000:01:10.0/net/pod0 ${server.root}/sys/class/net/pod0`);
    expect(await findings(4)).toEqual([expect.stringMatching(/^namespace .*VF 0 of pf0 .*container or pod/)]);
  });

  it("carry somebody's macvtap, of a VM that is named, and have an address", async () => {
    await server.pf("pf0", {
      vfs: [
        { driver: "igbvf", netdev: "op0" },
        { driver: "igbvf", netdev: "op1" },
      ],
    });
    server.interface("macvtap0");
    const index = server.read("sys/class/net/macvtap0/ifindex");
    server.write("sys/devices/virtual/macvtap0/macvtap/dev", "");
    server.upper("op0", "macvtap0");
    server.write("kernel/addr/op1", "2: op1    inet6 2001:db8::1/64 scope global \n");
    server.process(79, "qemu-system-x86", qemu("customer"), [`/dev/tap${index}`]);
    expect(await findings(4)).toEqual([
      "vm op0, the interface of VF 0 of pf0 (0000:01:10.0), carries macvtap0 (macvtap), which is in the hands of the VM customer",
      "address op1, the interface of VF 1 of pf0 (0000:01:10.2), has an address (2001:db8::1/64)",
    ]);
  });

  it("are left out where a VM of this testbed has them, and only then", async () => {
    await server.pf("pf0", { vfs: [{ driver: "vfio-pci" }] });
    server.link("../groups/9", "sys/devices/0000:01:10.0/iommu_group");
    server.process(80, "qemu-system-x86", qemu("rtt-main"), ["/dev/vfio/9"]);
    server.write("run/sriov-rtt/slots/rtt-main", "name=rtt-main\n");
    expect(await findings(4)).toEqual([expect.stringContaining("rtt-main")]);
    expect(await findings(4, "IGNORE_OURS=yes")).toEqual([]);
  });
});

describe("a name of ours", () => {
  it("may be taken by somebody's bridge", async () => {
    await server.pf("pf0");
    server.interface("rtt0");
    server.write("sys/devices/virtual/rtt0/brif/eth9/x", "");
    const ask = () => server.shell(`${serverScript("in-use.sh")}\nbridge_in_use rtt0`);
    expect(await ask()).toBe(
      "bridge rtt0 is there, and is not the bridge of this testbed (interface); its ports: eth9",
    );
    server.write(
      "var/lib/sriov-rtt/before/bridge-rtt0",
      `boot=boot-1\nifindex=${server.read("sys/class/net/rtt0/ifindex")}\n`,
    );
    expect(await ask()).toBe("");
  });

  it("may be taken by somebody's VM", async () => {
    server.domain("rtt-main", "running", "the customer's");
    server.domain("rtt-bg-001", "running");
    const answer = await server.shell(
      `${serverScript("in-use.sh")}\nlook_at_libvirt rtt-main rtt-bg-001 rtt-bg-002; foreign_uses rtt-main rtt-bg-001 rtt-bg-002`,
    );
    expect(answer).toBe(
      "domain there is a VM rtt-main which does not say that it is of this testbed (virsh desc rtt-main)",
    );
  });
});
