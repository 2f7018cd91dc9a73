import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serverScript } from "../../../infra/server-script.ts";
import { formatFields } from "../../../lib/key-value.ts";
import { copiesOf } from "../../support/made-up/copies.ts";
import { MadeUpServer } from "../../support/made-up/server.ts";

const OWNER = "stack test";
const prepared = copiesOf(async () => {
  const one = new MadeUpServer();
  one.lease(OWNER);
  await one.pf("pf0", { vfs: [{ driver: "igbvf", netdev: "op0", settings: { vlan: "5" }, up: true }] });
  for (const script of ["nic.sh", "bridge.sh"])
    await one.run(script, { ACTION: "create", TOKEN: "t", PF: "pf0", VFS: 1, BRIDGE: "rtt0", OWNER });
  return one;
});
let server: MadeUpServer;
let before: string[];
beforeEach(() => {
  server = prepared();
  before = dump();
});
afterEach(() => server.remove());

/** Also the place's own folder, while it is there. */
const dump = () => server.dump().filter((line) => !line.startsWith("run/sriov-rtt/slots"));
const mac = "52:54:00:9a:01:00";
const peer = "52:54:00:9a:02:00";
const line = (token = "t1", settings = "") =>
  formatFields({
    ...{ name: "rtt-main", token, endpoint: "host", kind: "netns", pf: "pf0", vf: 0, pci: "0000:01:10.0" },
    ...{ netdev: "rtt0v0", mac, vf_mac: mac, vlan: 0, trust: "", spoofchk: "" },
    ...{ ip: "10.9.1.1", prefix: 16, settings, neighbours: `10.9.2.1,${peer}`, peer_mac: peer },
  });
const slots = (action: string, wanted = line()) =>
  server.run("slots.sh", { ACTION: action, BRIDGE: "rtt0", OWNER, WANTED: wanted });
const inside = (file: string) => server.read(`kernel/in/rtt-main/rtt0v0/${file}`);
const ready = (env: Record<string, string> = {}) =>
  server.run(
    "ready.sh",
    {
      ...{ ACTION: "create", OWNER, BRIDGE: "rtt0", SECONDS_LIMIT: 1 },
      WANTED: "name=rtt-main token=t1 endpoint=host kind=netns mac= netdev=rtt0v0 rx_usecs=0",
    },
    { env },
  );
const inUse = async (ignoreOurs: "yes" | "no") =>
  (await server.shell(`IGNORE_OURS=${ignoreOurs}\n${serverScript("in-use.sh")}\nport_in_use pf0 4 rtt0`))
    .split("\n")
    .filter((found) => found !== "" && !found.startsWith("port-of"));

describe("the server itself as an endpoint", () => {
  it("has its VF in a namespace of its name, with address and neighbour, and is ready when that has a link", async () => {
    expect((await slots("create")).stderr).toBe("");
    expect(server.list("run/netns")).toEqual(["rtt-main"]);
    expect(server.list("sys/class/net")).not.toContain("rtt0v0");
    expect([inside("addr"), inside("neigh"), inside("address")]).toEqual(["10.9.1.1/16", `10.9.2.1 ${peer}`, mac]);
    server.log();
    expect((await ready()).stderr).toBe("");
    expect(server.log()).toContain("ip netns exec rtt-main ethtool -C rtt0v0 rx-usecs 0");
    expect(server.read("run/sriov-rtt/host-rtt-main")).toMatch(
      /^t1\nnamespace=\S+ interface=rtt0v0\nvf=0 pf=pf0 .* mac=52:54:00:9a:01:00 /,
    );
  });

  it("is kept where another version has made a place of a kind that this one does not know, and that is said", async () => {
    await slots("create");
    const slot = server.read("run/sriov-rtt/slots/rtt-main");
    server.write("run/sriov-rtt/slots/rtt-main", `${slot.replace("kind=netns", "kind=orbit")}\n`);
    const { exitCode, stderr } = await slots("delete");
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(
      /rtt-main has a place of the kind orbit, which this version of the testbed cannot give back/,
    );
    expect(server.list("run/sriov-rtt/slots")).toEqual(["rtt-main"]);
    server.write("run/sriov-rtt/slots/rtt-main", `${slot}\n`);
    expect((await slots("delete")).exitCode).toBe(0);
    expect(dump()).toEqual(before);
  });

  it("has the settings of its interface, a link's before it goes up, and gives none of them back", async () => {
    const made = await slots("create", line("t1", "link,mtu,1400 ethtool,-K,gro,off"));
    expect(made.stderr).toBe("");
    expect(inside("mtu")).toBe("1400");
    expect(server.log()).toContain("ip netns exec rtt-main ethtool -K rtt0v0 gro off");
    expect((await slots("delete")).exitCode).toBe(0);
    expect(dump()).toEqual(before);
  });

  it("is not ready without a link, and says what its interface is", async () => {
    await slots("create");
    server.write("kernel/no-carrier", "NO-CARRIER");
    const { exitCode, stderr } = await ready();
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/rtt-main had no link after 1 s/)]);
  });

  it("stays where it is when everything is as wanted, and is made anew with another token", async () => {
    await slots("create");
    const namespace = server.read("run/netns/rtt-main");
    await slots("update");
    expect(server.read("run/netns/rtt-main")).toBe(namespace);
    expect((await slots("update", line("t2"))).stderr).toBe("");
    expect(server.read("run/netns/rtt-main")).not.toBe(namespace);
  });

  it("gives the VF back as its operator had it", async () => {
    await slots("create");
    await ready();
    const { exitCode, stderr } = await slots("delete");
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(dump()).toEqual(before);
  });

  it("loses its mark with its namespace, and is made again", async () => {
    const isHeld = () =>
      server.shell(
        `${serverScript("common.sh")}\n${serverScript("proof.sh")}\nif holds host-rtt-main; then echo yes; else echo no; fi`,
      );
    await slots("create");
    await ready();
    expect(await isHeld()).toBe("yes");
    await server.shell("ip netns del rtt-main");
    expect(await isHeld()).toBe("no");
    expect((await slots("update", line("t2"))).stderr).toBe("");
    expect(inside("addr")).toBe("10.9.1.1/16");
    expect((await slots("delete")).stderr).toBe("");
    expect(dump()).toEqual(before);
  });

  it.each(["unshare *", "ip netns attach *", "ip link set dev rtt0v0 netns *"])(
    "is made anew and given back whole when what made it was ended by force after %s",
    async (command) => {
      server.endAt("after", 1, command);
      expect((await slots("create")).signal).toBe("SIGKILL");
      expect((await slots("update")).stderr).toBe("");
      expect(inside("addr")).toBe("10.9.1.1/16");
      expect((await slots("delete")).stderr).toBe("");
      expect(dump()).toEqual(before);
    },
  );

  it.each(["ip -n rtt-main link set dev rtt0v0 netns *", "ip netns del *"])(
    "is given back whole when what gave it back was ended by force after %s",
    async (command) => {
      await slots("create");
      server.endAt("after", 1, command);
      expect((await slots("delete")).signal).toBe("SIGKILL");
      expect((await slots("delete")).stderr).toBe("");
      expect(dump()).toEqual(before);
    },
  );
});

describe("a namespace of the name", () => {
  it("that somebody has made is his: nothing is changed, and it is named", async () => {
    server.write("run/netns/rtt-main", "");
    const theirs = dump();
    const { exitCode, stderr } = await slots("create");
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining(
        "rtt-main cannot be made: there is a network namespace rtt-main which this testbed has not made",
      ),
    ]);
    expect(dump()).toEqual(theirs);
    await slots("delete");
    expect(server.list("run/netns")).toEqual(["rtt-main"]);
  });

  it("that somebody makes when ours is gone is his, and outlives destroy", async () => {
    await slots("create");
    await server.shell("ip netns del rtt-main");
    server.write("run/netns/rtt-main", "");
    expect((await slots("delete")).stderr).toBe("");
    expect(server.list("run/netns")).toEqual(["rtt-main"]);
    expect(dump().filter((each) => !each.startsWith("run/netns"))).toEqual(
      before.filter((each) => !each.startsWith("run/netns")),
    );
  });

  it("that is a file a crash has left is nobody's", async () => {
    server.write("run/netns/rtt-main", "");
    server.write("kernel/netns-failure", "nsenter: reassociate to namespace 'ns/net' failed: Invalid argument\n");
    expect((await slots("create")).stderr).toBe("");
  });
});

describe("a VF in a namespace", () => {
  it("of ours counts as ours beside a deployed stack, and as in use for whoever would take it", async () => {
    await slots("create");
    expect(await inUse("yes")).toEqual([]);
    expect(await inUse("no")).toEqual([
      "namespace the network interface of VF 0 of pf0 (0000:01:10.0) is in another network namespace: a container or pod has it",
    ]);
  });

  it("of somebody else's counts as his, also beside ours", async () => {
    await slots("create");
    await server.shell(
      "ip netns del rtt-main; unshare --net ip netns attach blue 1; ip link set dev rtt0v0 netns blue",
    );
    expect(await inUse("yes")).toHaveLength(1);
    const { stderr } = await slots("delete");
    expect(stderr).toMatch(/VF 0 of pf0, which was rtt-main's, stays as it is: .*another network namespace/);
  });
});

describe("processes in it", () => {
  const sleeper = async (environment: string) => {
    const child = spawn("sleep", ["600"], { stdio: "ignore" });
    await once(child, "spawn");
    const pid = child.pid ?? 0;
    server.write(`kernel/pids/rtt-main`, `${pid}\n`);
    server.write(`proc/${pid}/environ`, environment);
    server.write(`proc/${pid}/comm`, "sleep\n");
    return { child, pid };
  };

  it("end first where they are ours", async () => {
    await slots("create");
    const { child } = await sleeper("PATH=/bin\0LAB_CALL=lab-1\0");
    const ended = once(child, "exit");
    expect((await slots("delete")).stderr).toBe("");
    expect((await ended)[1]).toBe("SIGTERM");
    expect(dump()).toEqual(before);
  });

  it("of others keep it, and are named; it is given back once they have ended", async () => {
    await slots("create");
    const { child, pid } = await sleeper("PATH=/bin\0NOT_LAB_CALL=x\0");
    const ended = once(child, "exit");
    const { exitCode, stderr } = await slots("delete");
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining(
        `rtt-main cannot be removed: in its network namespace runs the process sleep (${pid}); end that, and do the same again`,
      ),
    ]);
    expect(inside("addr")).toBe("10.9.1.1/16");
    child.kill();
    await ended;
    expect((await slots("delete")).stderr).toBe("");
    expect(dump()).toEqual(before);
  });
});
