import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copiesOf } from "../../support/made-up/copies.ts";
import { MadeUpServer } from "../../support/made-up/server.ts";

const OWNER = "stack test";
const prepared = copiesOf(() => MadeUpServer.leased(OWNER));
let server: MadeUpServer;
beforeEach(() => {
  server = prepared();
});
afterEach(() => server.remove());

const bridge = (action: string) =>
  server.run("bridge.sh", { ACTION: action, TOKEN: "b", PF: "pf0", BRIDGE: "rtt0", OWNER });
const record = "var/lib/sriov-rtt/before/bridge-rtt0";
const interfaces = () => server.list("sys/class/net");

describe("a bridge of our name", () => {
  it("that somebody makes after ours could not be made is his, and outlives destroy", async () => {
    server.write("kernel/ip-fails", "link add");
    const failed = await bridge("create");
    expect([failed.exitCode, failed.stderr]).toEqual([
      1,
      expect.stringMatching(/the bridge rtt0 could not be made: .*No buffer space available/),
    ]);
    expect(server.exists(record)).toBe(false);
    await server.shell(`rm ${server.root}/kernel/ip-fails; ip link add rtt0 type bridge`);
    const { exitCode, stderr } = await bridge("delete");
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining("it is left alone")]);
    expect(interfaces()).toContain("rtt0");
  });

  it.each(["before", "after"] as const)(
    "that somebody makes after ours was ended by force %s it was made is his, and nothing of ours is left",
    async (when) => {
      server.endAt(when, 1, "ip link add *");
      expect((await bridge("create")).signal).toBe("SIGKILL");
      await server.shell("ip link add rtt0 type bridge");
      expect((await bridge("create")).stderr).toMatch(/rtt0 is there, and is not the bridge of this testbed/);
      expect((await bridge("delete")).stderr).toMatch(/it is left alone/);
      expect(interfaces()).toEqual(["pf0", "rtt0"]);
      expect(server.exists(record)).toBe(false);
    },
  );

  it("that is another name of an interface is told, before anything is written down", async () => {
    server.write("kernel/altname/rtt0", "7: eth7: <BROADCAST> mtu 1500 \\    altname rtt0\n");
    const { exitCode, stderr } = await bridge("create");
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining("rtt0 is another name (altname) of eth7, and no bridge can have it"),
    ]);
    expect(server.exists(record)).toBe(false);
  });
});
