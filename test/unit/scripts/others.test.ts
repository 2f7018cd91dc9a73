import { afterEach, beforeEach, expect, it } from "vitest";
import { formatFields } from "../../../lib/key-value.ts";
import { copiesOf } from "../../support/made-up/copies.ts";
import { MadeUpServer } from "../../support/made-up/server.ts";

// What removing and restoring leave to others: who came while the testbed had the server, and who has it by now.
const OWNER = "stack test";
const lease = "run/sriov-rtt/lease/owner";

const prepared = copiesOf(async () => {
  const one = new MadeUpServer();
  await one.pf("pf0", { vfs: [{ driver: "igbvf", netdev: "op0" }] });
  await one.run("lease.sh", { ACTION: "create", TOKEN: "l", OWNER });
  await one.run("nic.sh", { ACTION: "create", TOKEN: "n", PF: "pf0", VFS: 1, BRIDGE: "rtt0", OWNER });
  await one.run("bridge.sh", { ACTION: "create", TOKEN: "b", PF: "pf0", BRIDGE: "rtt0", OWNER });
  one.log();
  return one;
});
let server: MadeUpServer;
beforeEach(() => {
  server = prepared();
});
afterEach(() => server.remove());

const common = { name: "rtt-main", token: "t1", pf: "pf0", mac: "52:54:00:9a:01:00", peer_mac: "52:54:00:9a:02:00" };
const onBridge = formatFields({ ...common, kind: "bridge", self: "no" });
const onVf = formatFields({
  ...common,
  kind: "vf",
  vf: 0,
  pci: "0000:01:10.0",
  netdev: "rtt0v0",
  vf_mac: common.mac,
  vlan: 0,
  trust: "",
  spoofchk: "",
});
const slots = (action: string, line: string, owner = OWNER, env = {}) =>
  server.run("slots.sh", { ACTION: action, BRIDGE: "rtt0", OWNER: owner, WANTED: line }, { env });
const changes = () =>
  server.log().filter((line) => /^bridge|^ip link set|^tee|destroy|undefine|^ip link del/.test(line));

it("a VF that somebody's VM has taken since stays with it when our VM goes", async () => {
  expect((await slots("create", onVf)).stderr).toBe("");
  server.log();
  server.link("../../../kernel/iommu_groups/9", "sys/class/net/pf0/device/virtfn0/iommu_group");
  server.process(77, "qemu", ["qemu", "-name", "guest=customer,debug-threads=on"], ["/dev/vfio/9"]);
  const { exitCode, stderr } = await slots("delete", onVf);
  expect(exitCode).toBe(0);
  expect(stderr).toContain(
    "VF 0 of pf0, which was rtt-main's, stays as it is: VF 0 of pf0 (0000:01:10.0) is in the hands of the VM customer",
  );
  expect(changes()).toEqual([]);
});

it("a VM whose description cannot be read is not taken for ours", async () => {
  server.domain("rtt-main", "running", "the customer's");
  server.write("domains/rtt-main/unreadable", "");
  const { stderr } = await slots("create", "");
  expect(stderr).toContain("the VM rtt-main does not say that it is of this testbed");
  expect(server.domains()).toEqual(["rtt-main"]);
});

it("what another stack has made since is not removed by one that had the server before", async () => {
  await slots("create", onBridge);
  server.domain("rtt-main", "running");
  server.write(lease, "stack next\n");
  for (const mark of ["vm-rtt-main", "load"]) server.write(`run/sriov-rtt/${mark}`, "token\n");
  server.log();
  const ready = {
    ACTION: "delete",
    OWNER,
    SECONDS_LIMIT: 1,
    WANTED: "name=rtt-main token=t endpoint=vm kind=bridge mac=52:54:00:9a:01:00",
  };
  const said = [
    await server.run("ready.sh", ready),
    await slots("delete", onBridge),
    await server.run("bridge.sh", { ACTION: "delete", TOKEN: "b", PF: "pf0", BRIDGE: "rtt0", OWNER }),
    await server.run("nic.sh", { ACTION: "delete", TOKEN: "n", PF: "pf0", VFS: 1, BRIDGE: "rtt0", OWNER }),
  ];
  for (const { exitCode, stdout, stderr } of said) {
    expect([exitCode, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("stack next has this server by now, and not stack test: nothing was removed");
  }
  expect(changes()).toEqual([]);
  expect(server.domains()).toEqual(["rtt-main"]);
  expect(server.list("run/sriov-rtt")).toEqual(expect.arrayContaining(["load", "vm-rtt-main"]));
});

it("a guest image is left to another stack that has the server by now, and removed for whoever has it himself", async () => {
  const sha = "ab".repeat(32);
  const image = `var/lib/sriov-rtt/images/${sha}/vmlinuz`;
  server.write(image, "");
  server.write(lease, "stack next\n");
  const drop = () => server.run("drop-image.sh", { SHA: sha, OWNER });
  const left = await drop();
  expect([left.exitCode, left.stderr]).toEqual([0, expect.stringContaining("stack next has this server by now")]);
  expect(server.exists(image)).toBe(true);
  server.write(lease, `${OWNER}\n`);
  expect((await drop()).stderr).toBe("");
  expect(server.exists("var/lib/sriov-rtt/images")).toBe(false);
});

it("a guest image is brought only to a server that its stack has", async () => {
  const folder = "var/lib/sriov-rtt/images/ab";
  const make = (owner: string) => server.run("image-folder.sh", { SHA: "ab", OWNER: owner });
  const late = await make("stack before");
  expect([late.exitCode, late.stderr]).toEqual([1, expect.stringContaining("does not have this server any more")]);
  expect(server.exists(folder)).toBe(false);
  expect((await make(OWNER)).exitCode).toBe(0);
  expect(server.exists(folder)).toBe(true);
});

it("a guest image that a killed deployment was bringing goes with the lease", async () => {
  server.write("var/lib/sriov-rtt/images/ab/vmlinuz.tmp-1", "");
  server.write(lease, `${OWNER}\n`);
  expect((await server.run("lease.sh", { ACTION: "delete", TOKEN: "t", OWNER })).exitCode).toBe(0);
  expect(server.exists("var/lib/sriov-rtt")).toBe(false);
});

it("what was written down is kept while libvirt cannot remove VMs, and is put back the next time", async () => {
  await slots("create", onVf);
  server.domain("rtt-main", "running");
  const restore = (env: Record<string, string> = {}) => server.run("restore.sh", { FORCE: "yes" }, { env });
  const dead = await restore({ VIRSH_FAILS: "yes" });
  expect([dead.exitCode, dead.stderr]).toEqual([1, expect.stringContaining("VMs of this testbed are left")]);
  expect(server.exists("var/lib/sriov-rtt/before/nic-0000:01:00.0")).toBe(true);
  expect(server.list("run/sriov-rtt/slots")).toEqual(["rtt-main"]);

  const again = await restore();
  expect(again.exitCode).toBe(0);
  expect(server.domains()).toEqual([]);
  expect(server.list("sys/class/net")).toContain("op0");
});

it.each(["all", "desc", "destroy"])(
  "a libvirt that hangs (at %s) does not keep the server: that is told, and nothing is lost",
  async (hangs) => {
    await slots("create", onVf);
    server.domain("rtt-main", "running");
    const hung = await slots("delete", onVf, OWNER, { VIRSH_HANGS: hangs, VIRSH_SECONDS: "1" });
    expect([hung.exitCode, hung.stderr]).toEqual([
      1,
      expect.stringMatching(/libvirt has not answered for \d+ s: .*restart libvirtd/),
    ]);
    expect(server.list("run/sriov-rtt/slots")).toEqual(["rtt-main"]);
    expect((await slots("delete", onVf)).stderr).toBe("");
    expect(server.domains()).toEqual([]);
  },
);

it("a bridge of ours stays while others have something on it", async () => {
  server.interface("cust");
  server.write("sys/class/net/rtt0/brif/cust/learning", "1\n");
  const { exitCode, stderr } = await server.run("bridge.sh", {
    ACTION: "delete",
    TOKEN: "b",
    PF: "pf0",
    BRIDGE: "rtt0",
    OWNER,
  });
  expect(exitCode).toBe(0);
  expect(stderr).toContain("the bridge rtt0 stays until nobody else has it: the bridge rtt0 has the port cust");
  expect(changes()).toEqual([]);
});

it("restore tells as removed and put back only what was: not a VM that stays, a place without a VM, nor VFs that are left alone", async () => {
  await slots("create", onVf);
  server.domain("rtt-main", "running", "the customer's");
  const number = `${server.root}/sys/devices/0000:01:00.0/sriov_numvfs`;
  await server.run("nic.sh", { ACTION: "create", TOKEN: "m", PF: "pf0", VFS: 2, BRIDGE: "rtt0", OWNER });
  await server.shell(`echo 0 | tee ${number}; echo 3 | tee ${number}`);
  const { exitCode, stdout, stderr } = await server.run("restore.sh", { FORCE: "yes" });
  expect(stderr).toMatch(/VFs of pf0 are not those that this testbed made/);
  expect([exitCode, stdout]).toEqual([0, "VMs removed: none; put back whole: bridge-rtt0; taken from stack test"]);
});
