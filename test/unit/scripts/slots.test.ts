import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeServer } from "./fake-server.ts";

let server: FakeServer;
beforeEach(() => {
  server = new FakeServer();
});
afterEach(() => server.remove());

const mac = (index: number) => `52:54:00:9a:01:0${index}`;
const peer = (index: number) => `52:54:00:9a:02:0${index}`;
const name = (index: number) => (index === 0 ? "rtt-main" : `rtt-bg-00${index}`);
const slot = (index: number, token = "t1", self = "yes") =>
  `${name(index)} ${token} bridge pf0 - - - ${mac(index)} - - - 0 ${peer(index)} ${self}`;
const wanted = (...slots: string[]) => slots.join("\n");

/** Makes the slots, then the domains as libvirt's provider would. */
async function deploy(indices: number[], action = "create", shell = "sh") {
  const result = await server.run(
    "slots.sh",
    { ACTION: action, WANTED: wanted(...indices.map((i) => slot(i))) },
    shell,
  );
  expect(result.stderr).toBe("");
  for (const index of indices) server.domain(name(index), "running");
  server.write("run/load", "token\n");
  for (const index of indices) server.write(`run/vm-${name(index)}`, "t1\n");
  return result;
}

describe.each(["sh", "bash"])("slots.sh, run by %s", (shell) => {
  it("makes bridge entries for each VM and for the one behind the port that it talks to", async () => {
    const { stdout, exitCode } = await deploy([0, 1], "create", shell);
    expect([exitCode, stdout]).toEqual([0, "2"]);
    expect(server.log().filter((line) => line.startsWith("bridge"))).toEqual([
      `bridge fdb replace ${mac(0)} dev pf0 self permanent`,
      `bridge fdb replace ${peer(0)} dev pf0 master static`,
      `bridge fdb replace ${mac(1)} dev pf0 self permanent`,
      `bridge fdb replace ${peer(1)} dev pf0 master static`,
    ]);
    expect(server.slots()).toEqual(["rtt-bg-001", "rtt-main"]);
  });

  it("makes no entry in the NIC's filter for a VM that needs none: a NIC has few of them", async () => {
    const none = wanted(slot(0, "t1", "no"), slot(1, "t1", "no"));
    await server.run("slots.sh", { ACTION: "create", WANTED: none }, shell);
    await server.run("slots.sh", { ACTION: "delete", WANTED: none }, shell);
    const asked = server.log().filter((line) => line.startsWith("bridge"));
    expect(asked).toHaveLength(4);
    expect(asked.filter((line) => line.includes("self"))).toEqual([]);
  });

  it("grows without touching the VMs that stand, nor their load", async () => {
    await deploy([0, 1], "create", shell);
    server.log();
    await server.run("slots.sh", { ACTION: "update", WANTED: wanted(slot(0), slot(1), slot(2)) }, shell);
    expect(server.log().filter((line) => !line.startsWith("udevadm"))).toEqual([
      `bridge fdb replace ${mac(2)} dev pf0 self permanent`,
      `bridge fdb replace ${peer(2)} dev pf0 master static`,
    ]);
    expect(server.marks()).toEqual(["load", "vm-rtt-bg-001", "vm-rtt-main"]);
  });

  it("shrinks: a VM that is wanted no more is gone, with what it was attached to and the mark of its load", async () => {
    await deploy([0, 1, 2], "create", shell);
    server.log();
    await server.run("slots.sh", { ACTION: "update", WANTED: wanted(slot(0), slot(1)) }, shell);
    expect(server.domains()).toEqual(["rtt-bg-001", "rtt-main"]);
    expect(server.log()).toEqual(
      expect.arrayContaining([
        "virsh destroy rtt-bg-002 ",
        "virsh undefine --managed-save rtt-bg-002",
        `bridge fdb del ${mac(2)} dev pf0 self`,
        `bridge fdb del ${peer(2)} dev pf0 master`,
      ]),
    );
    expect(server.marks()).toEqual(["vm-rtt-bg-001", "vm-rtt-main"]);
  });

  it("removes a VM of another token before it makes its place again, and leaves the load of others alone", async () => {
    await deploy([0, 1], "create", shell);
    await server.run("slots.sh", { ACTION: "update", WANTED: wanted(slot(0, "t2"), slot(1)) }, shell);
    expect(server.domains()).toEqual(["rtt-bg-001"]);
    expect(server.slots()).toEqual(["rtt-bg-001", "rtt-main"]);
    expect(server.marks()).toEqual(["load", "vm-rtt-bg-001"]);
  });

  it("changes nothing when everything is as wanted", async () => {
    await deploy([0, 1], "create", shell);
    server.log();
    await server.run("slots.sh", { ACTION: "update", WANTED: wanted(slot(0), slot(1)) }, shell);
    expect(server.log()).toEqual(["udevadm settle --timeout=30"]);
  });

  it("begins with nothing when it is made, also where what stands looks as wanted: the state was lost", async () => {
    await deploy([0], "create", shell);
    await server.run("slots.sh", { ACTION: "create", WANTED: slot(0) }, shell);
    expect(server.domains()).toEqual([]);
    expect(server.slots()).toEqual(["rtt-main"]);
  });

  it("removes definitions of ours that a reboot left without a slot, and no others", async () => {
    for (const left of ["rtt-main", "rtt-bg-017", "rtt-bgx", "customer"]) server.domain(left, "shut off");
    await server.run("slots.sh", { ACTION: "update", WANTED: "" }, shell);
    expect(server.domains()).toEqual(["customer", "rtt-bgx"]);
  });

  it("releases a slot that was left unfinished", async () => {
    await deploy([0], "create", shell);
    server.write(`run/slots/${name(3)}`, `${slot(3, "unfinished")}\n`);
    await server.run("slots.sh", { ACTION: "update", WANTED: slot(0) }, shell);
    expect(server.slots()).toEqual(["rtt-main"]);
    expect(server.log()).toContain(`bridge fdb del ${mac(3)} dev pf0 self`);
  });

  it("leaves nothing behind when it is removed", async () => {
    await deploy([0, 1], "create", shell);
    const { exitCode } = await server.run("slots.sh", { ACTION: "delete", WANTED: wanted(slot(0), slot(1)) }, shell);
    expect(exitCode).toBe(0);
    expect(server.domains()).toEqual([]);
    expect(server.marks()).toEqual([]);
  });

  it("fails, and says why, where libvirt is dead, a domain does not go, or the VF is not there", async () => {
    await deploy([0, 1], "create", shell);
    const dead = await server.run("slots.sh", { ACTION: "delete", WANTED: "" }, shell, { VIRSH_FAILS: "yes" });
    expect([dead.exitCode, dead.stderr]).toEqual([1, expect.stringContaining("failed to connect")]);
    expect(server.slots()).toEqual(["rtt-bg-001", "rtt-main"]);

    server.write("undying", "");
    const undying = await server.run("slots.sh", { ACTION: "update", WANTED: slot(0) }, shell);
    expect([undying.exitCode, undying.stderr]).toEqual([1, expect.stringContaining("rtt-bg-001 could not be removed")]);

    const vf =
      "rtt-main t9 vf pf9 3 rtt0v3 0000:01:10.6 52:54:00:9a:01:00 52:54:00:9a:01:00 - - 0 52:54:00:9a:02:00 no";
    server.remove();
    server = new FakeServer();
    const gone = await server.run("slots.sh", { ACTION: "create", WANTED: vf }, shell);
    expect([gone.exitCode, gone.stderr]).toEqual([1, expect.stringContaining("VF 3 of pf9 is not there")]);
  });
});
