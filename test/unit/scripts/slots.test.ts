import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatFields } from "../../../lib/key-value.ts";
import { copiesOf } from "../../support/made-up/copies.ts";
import { MadeUpServer } from "../../support/made-up/server.ts";

const prepared = copiesOf(async () => {
  const one = new MadeUpServer();
  one.lease("stack test");
  await one.pf("pf0", { vfs: [{ driver: "igbvf", netdev: "op0" }] });
  await one.run("nic.sh", { ACTION: "create", TOKEN: "n", PF: "pf0", VFS: 1, BRIDGE: "rtt0", OWNER: "stack test" });
  await one.run("bridge.sh", { ACTION: "create", TOKEN: "b", PF: "pf0", BRIDGE: "rtt0", OWNER: "stack test" });
  one.log();
  return one;
});
let server: MadeUpServer;
beforeEach(() => {
  server = prepared();
});
afterEach(() => server.remove());

const mac = (index: number) => `52:54:00:9a:01:0${index}`;
const peer = (index: number) => `52:54:00:9a:02:0${index}`;
const name = (index: number) => (index === 0 ? "rtt-main" : `rtt-bg-00${index}`);
const slot = (index: number, token = "t1", self = "yes") =>
  formatFields({
    name: name(index),
    token,
    kind: "bridge",
    pf: "pf0",
    mac: mac(index),
    self,
    peer_mac: peer(index),
  });
const wanted = (...slots: string[]) => slots.join("\n");
const slots = () => server.list("run/sriov-rtt/slots");
/** Of VMs and their load. */
const marks = () => server.list("run/sriov-rtt").filter((mark) => !/^(lease|slots|nic-.*|bridge-.*)$/.test(mark));
/** What was changed. */
const changes = () => server.log().filter((line) => /^bridge|^ip link set|^tee|destroy|undefine/.test(line));
const place = (action: string, lines: string, shell: string, env: Record<string, string> = {}) =>
  server.run("slots.sh", { ACTION: action, BRIDGE: "rtt0", OWNER: "stack test", WANTED: lines }, { shell, env });

/** Makes the slots, then the domains as libvirt's provider would. */
async function deploy(indices: number[], action = "create", shell = "sh") {
  const result = await place(action, wanted(...indices.map((index) => slot(index))), shell);
  expect(result.stderr).toBe("");
  for (const index of indices) server.domain(name(index), "running");
  server.write("run/sriov-rtt/load", "token\n");
  for (const index of indices) server.write(`run/sriov-rtt/vm-${name(index)}`, "t1\n");
  return result;
}

describe.each(["sh", "bash"])("slots.sh, run by %s", (shell) => {
  it("makes bridge entries for each VM and for the one behind the port that it talks to", async () => {
    const { stdout, exitCode } = await deploy([0, 1], "create", shell);
    expect([exitCode, stdout]).toEqual([0, "2"]);
    expect(changes()).toEqual([
      `bridge fdb replace ${peer(0)} dev pf0 master static`,
      `bridge fdb replace ${mac(0)} dev pf0 self permanent`,
      `bridge fdb replace ${peer(1)} dev pf0 master static`,
      `bridge fdb replace ${mac(1)} dev pf0 self permanent`,
    ]);
    expect(slots()).toEqual(["rtt-bg-001", "rtt-main"]);
  });

  it("makes no entry in the NIC's filter for a VM that needs none: a NIC has few of them", async () => {
    const none = wanted(slot(0, "t1", "no"), slot(1, "t1", "no"));
    await place("create", none, shell);
    await place("delete", none, shell);
    const asked = server.log().filter((line) => line.startsWith("bridge fdb"));
    expect(asked).toHaveLength(4);
    expect(asked.filter((line) => line.includes("self"))).toEqual([]);
  });

  it("grows without touching the VMs that stand, nor their load", async () => {
    await deploy([0, 1], "create", shell);
    server.log();
    await place("update", wanted(slot(0), slot(1), slot(2)), shell);
    expect(changes()).toEqual([
      `bridge fdb replace ${peer(2)} dev pf0 master static`,
      `bridge fdb replace ${mac(2)} dev pf0 self permanent`,
    ]);
    expect(marks()).toEqual(["load", "vm-rtt-bg-001", "vm-rtt-main"]);
  });

  it("shrinks: a VM that is wanted no more is gone, with what it was attached to and the mark of its load", async () => {
    await deploy([0, 1, 2], "create", shell);
    server.log();
    await place("update", wanted(slot(0), slot(1)), shell);
    expect(server.domains()).toEqual(["rtt-bg-001", "rtt-main"]);
    expect(server.log()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^virsh .*destroy rtt-bg-002; undefine --managed-save rtt-bg-002/),
        `bridge fdb del ${mac(2)} dev pf0 self`,
        `bridge fdb del ${peer(2)} dev pf0 master`,
      ]),
    );
    expect(marks()).toEqual(["vm-rtt-bg-001", "vm-rtt-main"]);
  });

  it("removes a VM of another token before it makes its place again, and leaves the load of others alone", async () => {
    await deploy([0, 1], "create", shell);
    await place("update", wanted(slot(0, "t2"), slot(1)), shell);
    expect(server.domains()).toEqual(["rtt-bg-001"]);
    expect(slots()).toEqual(["rtt-bg-001", "rtt-main"]);
    expect(marks()).toEqual(["load", "vm-rtt-bg-001"]);
  });

  it("changes nothing when everything is as wanted", async () => {
    await deploy([0, 1], "create", shell);
    server.log();
    await place("update", wanted(slot(0), slot(1)), shell);
    expect(changes()).toEqual([]);
  });

  it("begins with nothing when it is made, also where what stands looks as wanted: the state was lost", async () => {
    await deploy([0], "create", shell);
    await place("create", slot(0), shell);
    expect(server.domains()).toEqual([]);
    expect(slots()).toEqual(["rtt-main"]);
  });

  it("removes definitions of ours that a reboot left without a slot, and no others", async () => {
    for (const left of ["rtt-main", "rtt-bg-017", "rtt-bgx", "customer"]) server.domain(left, "shut off");
    await place("update", "", shell);
    expect(server.domains()).toEqual(["customer", "rtt-bgx"]);
  });

  it("makes no VM of a name that somebody gives to one of his while others are removed", async () => {
    await deploy([1], "create", shell);
    server.write("domains/rtt-bg-001/meanwhile", name(0));
    const { exitCode, stderr } = await place("update", slot(0), shell);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("there is a VM rtt-main which does not say")]);
    expect(server.domains()).toEqual(["rtt-main"]);
    expect(slots()).toEqual([]);
  });

  it("releases a slot that was left unfinished", async () => {
    await deploy([0], "create", shell);
    server.write(`run/sriov-rtt/slots/${name(3)}`, `${slot(3, "unfinished")}\n`);
    await place("update", slot(0), shell);
    expect(slots()).toEqual(["rtt-main"]);
    expect(server.log()).toContain(`bridge fdb del ${mac(3)} dev pf0 self`);
  });

  it("leaves nothing behind when it is removed", async () => {
    await deploy([0, 1], "create", shell);
    const { exitCode } = await place("delete", wanted(slot(0), slot(1)), shell);
    expect(exitCode).toBe(0);
    expect(server.domains()).toEqual([]);
    expect(marks()).toEqual([]);
  });

  it("fails, and says why, where libvirt is dead, a domain does not go, or the VF is not there", async () => {
    await deploy([0, 1], "create", shell);
    const dead = await place("delete", "", shell, { VIRSH_FAILS: "yes" });
    expect([dead.exitCode, dead.stderr]).toEqual([1, expect.stringContaining("failed to connect")]);
    expect(slots()).toEqual(["rtt-bg-001", "rtt-main"]);

    server.write("domains/rtt-bg-001/undying", "");
    const undying = await place("update", slot(0), shell);
    expect([undying.exitCode, undying.stderr]).toEqual([1, expect.stringContaining("rtt-bg-001 could not be removed")]);

    await server.shell(`rm -r ${server.root}/domains/rtt-bg-001`);
    const vf = slot(0).replace(
      "kind=bridge pf=pf0",
      "kind=vf pf=pf0 vf=3 pci=0000:01:10.6 netdev=rtt0v3 vf_mac= vlan=0",
    );
    const gone = await place("create", vf, shell);
    expect([gone.exitCode, gone.stderr]).toEqual([1, expect.stringContaining("VF 3 of pf0 is not there")]);
  });
});
