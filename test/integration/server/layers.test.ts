import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { observeScript, parseObservation } from "../../../infra/observe.ts";
import { MadeUpDeployment } from "../../support/made-up/deployment.ts";
import { MadeUpServer } from "../../support/made-up/server.ts";

let server: MadeUpServer;
let deployment: MadeUpDeployment;
beforeEach(() => {
  server = new MadeUpServer();
  deployment = new MadeUpDeployment(server);
});
afterEach(() => server.remove());

const device = "sys/devices/0000:01:00.0";
const nic = (action: string, vfs = 4) =>
  server.run("nic.sh", { ACTION: action, TOKEN: "n", OWNER: "stack made-up", PF: "pf0", VFS: vfs, BRIDGE: "rtt0" });
const lease = (action: string, owner: string) => server.run("lease.sh", { ACTION: action, TOKEN: "l", OWNER: owner });
const restore = (force: "yes" | "no" = "no") => server.run("restore.sh", { FORCE: force });
const layers = async () => {
  const stdout = await server.shell(observeScript({ pfs: [{ name: "pf0", vfs: 4 }] }));
  return [...parseObservation(stdout).tokens.keys()].filter((name) => !name.startsWith("vm-")).sort();
};
/** Another program, or the driver that is loaded again, makes the VFs anew. */
const makeVfsAnew = (number: number) =>
  server.shell(
    `echo 0 | tee ${server.root}/${device}/sriov_numvfs; echo ${number} | tee ${server.root}/${device}/sriov_numvfs`,
  );

describe("the number of a port's VFs", () => {
  it("is not changed while somebody has one of them: he is named, and nothing is written", async () => {
    await server.pf("pf0", { vfs: [{ driver: "vfio-pci" }, {}] });
    server.link("../groups/9", "sys/devices/0000:01:10.0/iommu_group");
    server.process(81, "qemu-system-x86", ["qemu", "-name", "guest=customer"], ["/dev/vfio/9"]);
    server.lease("stack made-up");
    const before = server.dump();
    const { exitCode, stderr } = await nic("create");
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/VF 0 of pf0 .* in the hands of the VM customer/)]);
    expect(server.dump()).toEqual(before);
  });

  it("is put back when the NIC cannot make as many: what there was is there, and the kernel's reason is told", async () => {
    await server.pf("pf0", { vfs: [{ driver: "igbvf", netdev: "op0", settings: { vlan: "5" } }] });
    server.lease("stack made-up");
    const before = server.dump();
    server.write("kernel/most", "2\n");
    const { exitCode, stderr } = await nic("create");
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/did not make 4 VFs: .*No space left on device/)]);
    await server.shell(`rm ${server.root}/kernel/most`);
    expect(server.dump()).toEqual(before);
  });

  it("stays with whoever has made the VFs anew since: the mark is gone, and destroy leaves them alone and says so", async () => {
    server.lease("stack made-up");
    await server.pf("pf0", { vfs: [{}] });
    expect((await nic("create")).exitCode).toBe(0);
    expect(await layers()).toEqual(["nic-pf0"]);
    await makeVfsAnew(4);
    expect(await layers()).toEqual([]);
    const { exitCode, stderr } = await nic("delete");
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/not those that this testbed made.*left alone/)]);
    expect(server.read(`${device}/sriov_numvfs`)).toBe("4");
  });

  it("is not touched after a reboot, which is told", async () => {
    server.lease("stack made-up");
    await server.pf("pf0", { vfs: [{}] });
    await nic("create");
    server.write("proc/sys/kernel/random/boot_id", "boot-2\n");
    await server.shell(`rm -r ${server.root}/run/sriov-rtt`);
    await makeVfsAnew(2);
    const { exitCode, stdout, stderr } = await restore();
    expect([exitCode, stdout]).toEqual([0, "VMs removed: none; put back whole: nothing"]);
    expect(stderr).toMatch(/pf0: the server was started again.*left alone/);
    expect(server.read(`${device}/sriov_numvfs`)).toBe("2");
  });

  it("waits for whoever took one of our VFs: it is told, the rest is put back, and later this is too", async () => {
    await server.pf("pf0", { vfs: [{ driver: "igbvf", netdev: "op0" }] });
    const before = server.dump();
    await deployment.up({ vfs: 4, vms: ["bridge"] });
    server.write("kernel/addr/eth0", "9: eth0    inet 10.0.0.1/24 scope global eth0\n");
    await server.shell(`echo igbvf | tee ${server.root}/sys/devices/0000:01:10.6/driver_override
echo 0000:01:10.6 | tee ${server.root}/sys/bus/pci/drivers_probe`);
    expect(await deployment.destroy()).toBe("");
    const held = await restore();
    expect(held.exitCode).toBe(1);
    expect(held.stderr).toMatch(/the VFs of pf0 stay as they are until nobody has them: eth0, .* has an address/);
    expect(server.exists("sys/class/net/rtt0")).toBe(false);
    await server.shell(`rm ${server.root}/kernel/addr/eth0`);
    expect((await restore()).exitCode).toBe(0);
    expect(server.dump()).toEqual(before);
  });
});

describe("a VF", () => {
  it("of a NIC without trust can be released though it could not be made ready: macvtap-bridge is refused with the reason", async () => {
    server.write("kernel/no-trust", "");
    await server.pf("pf0", { vfs: [{ driver: "igbvf", netdev: "op0" }] });
    const before = server.dump();
    expect(await deployment.up({ vfs: 4, vms: ["macvtap-bridge"] })).toMatch(
      /rtt-main: trust on could not be set on VF 0 of pf0: .*not supported.*macvtap-passthrough/,
    );
    expect(await deployment.destroy()).toBe("");
    expect(server.dump()).toEqual(before);
  });

  it("with an old VLAN, without spoof check and with a rate limit is measured without them, and has them again", async () => {
    const settings = { vlan: "5", spoofchk: "off", trust: "on", state: "disable", max_tx_rate: "100" };
    await server.pf("pf0", { vfs: [{ driver: "igbvf", netdev: "op0", settings }] });
    const before = server.dump();
    expect(await deployment.up({ vfs: 1, vms: ["macvtap-passthrough"] })).toBe("");
    const now = (key: string) => server.read(`kernel/vf/0000:01:00.0/0/${key}`);
    expect(["vlan", "spoofchk", "trust", "state", "max_tx_rate"].map(now)).toEqual(["0", "on", "off", "auto", "0"]);
    expect(await deployment.destroy()).toBe("");
    expect(server.dump()).toEqual(before);
  });

  it("whose driver is blacklisted serves PCI passthrough, and macvtap is refused with what loads it", async () => {
    await server.shell(`rm ${server.root}/kernel/vf-driver`);
    await server.pf("pf0", { autoprobe: 0 });
    expect(await deployment.up({ vfs: 2, vms: ["pci-passthrough"] })).toBe("");
    expect(await deployment.up({ vfs: 2, vms: ["macvtap-passthrough"] })).toMatch(
      /rtt-main: VF 0 of pf0 .*needs its interface.*no driver on the server took it.*pci-passthrough/,
    );
  });

  it("that vfio-pci has since boot, and nobody holds, is taken and given back to it", async () => {
    await server.pf("pf0", { vfs: [{ driver: "vfio-pci" }, { driver: "vfio-pci" }] });
    const before = server.dump();
    expect(await deployment.up({ vfs: 2, vms: ["pci-passthrough", "macvtap-passthrough"] })).toBe("");
    expect(server.exists("sys/class/net/rtt0v1")).toBe(true);
    expect(await deployment.destroy()).toBe("");
    expect(server.dump()).toEqual(before);
  });

  it("whose driver is busy for a moment is waited for", async () => {
    await server.pf("pf0", { vfs: [{ driver: "igbvf", netdev: "op0" }] });
    expect(await deployment.up({ vfs: 1, vms: [] })).toBe("");
    server.write("kernel/busy", "3\n");
    expect(await deployment.up({ vfs: 1, vms: ["macvtap-passthrough"] })).toBe("");
    expect(server.read("kernel/busy")).toBe("0");
  });

  it("whose driver stays busy is told with VM, VF and interface", async () => {
    await server.pf("pf0", { vfs: [{ driver: "igbvf", netdev: "op0" }] });
    expect(await deployment.up({ vfs: 1, vms: [] })).toBe("");
    server.write("kernel/busy", "100000\n");
    expect(await deployment.up({ vfs: 1, vms: ["macvtap-passthrough"] })).toMatch(
      /rtt-main: VF 0 of pf0 \(op0\): .*temporarily unavailable/,
    );
  });

  it("is not renamed over somebody's interface", async () => {
    await server.pf("pf0");
    server.interface("rtt0v0");
    expect(await deployment.up({ vfs: 1, vms: ["macvtap-passthrough"] })).toMatch(
      /an interface of the name rtt0v0 is there, and is not that of VF 0 of pf0/,
    );
  });
});

describe("a VM of our name that is somebody's", () => {
  it("is refused by name, and outlives destroy and restore", async () => {
    await server.pf("pf0");
    server.domain("rtt-main", "running", "the customer's");
    expect(await deployment.up({ vfs: 1, vms: ["bridge"] })).toMatch(
      /a VM rtt-main which does not say that it is of this testbed/,
    );
    expect(await deployment.destroy()).toBe("");
    expect((await restore("yes")).exitCode).toBe(0);
    expect(server.read("domains/rtt-main/state")).toBe("running");
  });
});

describe("the lease", () => {
  it("has one tenant, who is named to others", async () => {
    expect((await lease("create", "stack a")).exitCode).toBe(0);
    const { exitCode, stderr } = await lease("create", "stack b");
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/in use by stack a, since .*run the same again/)]);
    expect((await lease("delete", "stack b")).exitCode).toBe(0);
    expect(server.read("run/sriov-rtt/lease/owner")).toBe("stack a");
    expect((await lease("delete", "stack a")).exitCode).toBe(0);
    expect(server.exists("run/sriov-rtt")).toBe(false);
  });

  it.each([
    ["an empty folder", "mkdir -p"],
    ["a folder with half an owner", "mkdir -p $1; touch $1/owner.tmp; :"],
  ])("without an owner (%s) is nobody's: it can be taken, and released", async (_name, make) => {
    const folder = `${server.root}/run/sriov-rtt/lease`;
    await server.shell(`set -- ${folder}; ${make} ${folder}`);
    expect((await lease("release", "stack a")).exitCode).toBe(0);
    expect(server.exists("run/sriov-rtt/lease")).toBe(false);
    await server.shell(`set -- ${folder}; ${make} ${folder}`);
    expect((await lease("create", "stack a")).exitCode).toBe(0);
    expect(server.read("run/sriov-rtt/lease/owner")).toBe("stack a");
  });

  it("is not released when it has become another's", async () => {
    await lease("create", "stack b");
    const { exitCode, stderr } = await lease("release", "stack a");
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("stack b's by now")]);
  });

  it("keeps restore out, unless it is forced", async () => {
    await server.pf("pf0", { vfs: [{ driver: "igbvf", netdev: "op0" }] });
    const before = server.dump();
    await deployment.up({ vfs: 4, vms: ["macvtap-passthrough", "bridge"] });
    const kept = await restore();
    expect([kept.exitCode, kept.stderr]).toEqual([1, expect.stringMatching(/in use by stack made-up.*--force/)]);
    expect(server.domains()).toEqual(["rtt-bg-001", "rtt-main"]);
    const { exitCode, stdout } = await restore("yes");
    expect([exitCode, stdout]).toEqual([
      0,
      "VMs removed: rtt-bg-001 rtt-main; put back whole: bridge-rtt0 nic-pf0; taken from stack made-up",
    ]);
    expect(server.dump()).toEqual(before);
  });
});
