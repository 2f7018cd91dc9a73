import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatFields } from "../../../lib/key-value.ts";
import { MadeUpServer } from "../../support/made-up/server.ts";

let server: MadeUpServer;
beforeEach(() => {
  server = new MadeUpServer();
  server.lease("stack made-up");
});
afterEach(() => server.remove());

const variables = { TOKEN: "n", PF: "pf0", BRIDGE: "rtt0", OWNER: "stack made-up" };
const nic = (action: string, vfs = 4) => server.run("nic.sh", { ...variables, VFS: vfs, ACTION: action });
const slots = (action: string, line: string) =>
  server.run("slots.sh", { ACTION: action, BRIDGE: "rtt0", OWNER: "stack made-up", WANTED: line });
const onVf = formatFields({
  ...{ name: "rtt-main", token: "t", pf: "pf0", mac: "52:54:00:9a:01:00", peer_mac: "52:54:00:9a:02:00", kind: "vf" },
  ...{ vf: 0, pci: "0000:01:10.0", netdev: "rtt0v0", vf_mac: "52:54:00:9a:01:00", vlan: 0, trust: "", spoofchk: "" },
});
const inNamespace = `${onVf.replace("kind=vf", "kind=netns")} ip=10.9.1.1 prefix=16 neighbours=`;
const numberFile = "sys/devices/0000:01:00.0/sriov_numvfs";
const numberOfVfs = () => server.read(numberFile);
const override = () => server.read("sys/devices/0000:01:10.0/driver_override");

describe("a script that is ended by force at one of its commands", () => {
  it.each([
    ["before", "0"],
    ["after", "4"],
  ] as const)(
    "ends %s that has done its work, also one that timeout(1) runs, and gives no other",
    async (when, left) => {
      await server.pf("pf0", { vfs: [{}] });
      server.endAt(when, 2, "tee */sriov_numvfs");
      const { signal, exitCode } = await nic("create");
      expect([signal, exitCode]).toEqual(["SIGKILL", undefined]);
      expect(server.log().at(-1)).toMatch(/^tee .*sriov_numvfs$/);
      expect(numberOfVfs()).toBe(left);
      expect(server.exists("run/sriov-rtt/nic-pf0")).toBe(false);
    },
  );

  it("leaves no driver_override behind: the next one takes it away, whichever VF has its driver by then", async () => {
    await server.pf("pf0", { autoprobe: 0, vfs: [{ driver: "igbvf", netdev: "op0" }] });
    const before = server.dump();
    await nic("create", 1);
    await slots("create", onVf);
    expect(override()).toBe("(null)");
    server.endAt("after", 1, "tee */drivers_probe");
    expect((await slots("delete", onVf)).signal).toBe("SIGKILL");
    expect(override()).toBe("igbvf");
    expect((await slots("delete", onVf)).stderr).toBe("");
    await nic("delete", 1);
    await server.shell(`rm -rf ${server.root}/run/sriov-rtt/slots`);
    expect(server.dump()).toEqual(before);
  });

  it.each([
    ["VM", "tee */drivers_probe", onVf],
    ["server itself", "ip link set dev rtt0v0 netns *", inNamespace],
  ])(
    "leaves how VFs were to whoever releases them: a state that has not heard of the %s's place removes the port first",
    async (_whose, command, line) => {
      await server.pf("pf0", { vfs: [{ driver: "igbvf", netdev: "op0", settings: { mac: "02:0b:00:00:00:10" } }] });
      await server.shell(`rm -r ${server.root}/run/sriov-rtt`);
      const before = server.dump();
      await server.run("lease.sh", { ACTION: "create", TOKEN: "l", OWNER: "stack made-up" });
      await nic("create", 1);
      server.endAt("after", 1, command);
      expect((await slots("create", line)).signal).toBe("SIGKILL");
      expect((await nic("delete", 1)).stderr).toBe("");
      expect((await server.run("lease.sh", { ACTION: "delete", TOKEN: "l", OWNER: "stack made-up" })).stderr).toBe("");
      expect(server.dump()).toEqual(before);
    },
  );
});

it("a port that was taken into the bridge when that was ended by force is given back, and set down again", async () => {
  await server.pf("pf0", { up: false });
  await server.shell(`rm -r ${server.root}/run/sriov-rtt`);
  const before = server.dump();
  const lease = (ACTION: string) => server.run("lease.sh", { ACTION, TOKEN: "l", OWNER: "stack made-up" });
  await lease("create");
  await nic("create", 1);
  server.endAt("after", 1, "ip link set pf0 master rtt0");
  expect((await server.run("bridge.sh", { ...variables, ACTION: "create" })).signal).toBe("SIGKILL");
  // The state has not heard of the bridge.
  expect((await nic("delete", 1)).stderr).toBe("");
  expect((await lease("delete")).stderr).toBe("");
  expect(server.dump()).toEqual(before);
});

describe("VFs that their operator makes after an up was ended by force", () => {
  /** @param command which change of the number is the last one: to 0, or to 4 */
  async function endUp(command: 1 | 2): Promise<void> {
    await server.pf("pf0", { vfs: [{ driver: "igbvf" }] });
    server.endAt("after", command, "tee */sriov_numvfs");
    expect((await nic("create")).signal).toBe("SIGKILL");
    // What wrote the number outlives the script, and has the lock.
    await server.shell(`flock ${server.root}/run/sriov-rtt-lock true`);
  }
  async function makeThree(): Promise<string[]> {
    const write = (number: number) => `echo ${number} | tee ${server.root}/${numberFile}`;
    await server.shell(`${write(0)}; ${write(3)}; ip link set dev pf0 vf 2 vlan 9`);
    return vfs();
  }
  const vfs = () => server.dump().filter((line) => /^(kernel\/vf\/|sys.*(virtfn|numvfs|autoprobe))/.test(line));

  it.each([1, 2] as const)(
    "stay when destroy comes next, which says so (after change %i of their number)",
    async (change) => {
      await endUp(change);
      const his = await makeThree();
      const { exitCode, stderr } = await nic("delete");
      expect([exitCode, stderr]).toEqual([
        0,
        expect.stringMatching(/VFs of pf0 are not those that this testbed made.*left alone/),
      ]);
      expect(vfs()).toEqual(his.map((line) => line.replace("autoprobe: 0", "autoprobe: 1")));
      expect(server.exists("var/lib/sriov-rtt")).toBe(false);
    },
  );

  it.each([1, 2] as const)(
    "are there again after the next up and its destroy (after change %i of their number)",
    async (change) => {
      await endUp(change);
      const his = await makeThree();
      expect((await nic("create")).stderr).toBe("");
      expect(numberOfVfs()).toBe("4");
      expect((await nic("delete")).stderr).toBe("");
      expect(vfs()).toEqual(his.map((line) => line.replace("autoprobe: 0", "autoprobe: 1")));
      expect(server.read("sys/class/net/pf0/flags")).toBe("0x1002");
    },
  );

  it("are not taken for those that the up itself has made, which destroy removes", async () => {
    await endUp(2);
    expect(numberOfVfs()).toBe("4");
    expect((await nic("delete")).stderr).toBe("");
    expect(numberOfVfs()).toBe("1");
    expect(server.exists("var/lib/sriov-rtt")).toBe(false);
  });
});
