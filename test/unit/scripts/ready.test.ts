import { afterEach, beforeEach, expect, it } from "vitest";
import { copiesOf } from "../../support/made-up/copies.ts";
import { MadeUpServer } from "../../support/made-up/server.ts";

const OWNER = "stack test";
const prepared = copiesOf(() => MadeUpServer.leased(OWNER));
let server: MadeUpServer;
beforeEach(() => {
  server = prepared();
});
afterEach(() => server.remove());

it("the bridge is told where a VM is only by a tap that is its port: others have taps with such addresses too", async () => {
  const made = { ACTION: "create", OWNER, TOKEN: "b", PF: "pf0", BRIDGE: "rtt0" };
  expect((await server.run("bridge.sh", made)).stderr).toBe("");
  server.interface("vnet1", { address: "fe:54:00:9a:01:00" });
  server.interface("vnet2", { address: "fe:54:00:9a:01:00" });
  await server.shell("ip link set vnet1 master rtt0; ip link add cust type bridge; ip link set vnet2 master cust");
  server.write("var/log/libvirt/qemu/rtt-main-serial.log", "LAB-READY\n");
  server.domain("rtt-main", "running");
  server.log();
  const said = await server.run("ready.sh", {
    ...{ ACTION: "create", OWNER, BRIDGE: "rtt0", SECONDS_LIMIT: 5 },
    WANTED: "name=rtt-main token=t endpoint=vm kind=bridge mac=52:54:00:9a:01:00",
  });
  expect([said.exitCode, said.stderr]).toEqual([0, ""]);
  expect(server.log().filter((line) => line.startsWith("bridge fdb"))).toEqual([
    "bridge fdb replace 52:54:00:9a:01:00 dev vnet1 master static",
  ]);
});

it("a driver of the server's is told to hold back no interrupts once the guest has answered", async () => {
  server.write("var/log/libvirt/qemu/rtt-main-serial.log", "LAB-READY\n");
  server.domain("rtt-main", "running");
  const ready = (fields: string) =>
    server.run("ready.sh", {
      ...{ ACTION: "create", OWNER, BRIDGE: "rtt0", SECONDS_LIMIT: 5 },
      WANTED: `name=rtt-main token=${fields.length} endpoint=vm kind=vf mac=52:54:00:9a:01:00${fields}`,
    });
  const told = () => server.log().filter((line) => line.startsWith("ethtool -C"));
  expect((await ready("")).stderr).toBe("");
  expect(told()).toEqual([]);
  expect((await ready(" netdev=rtt0v0 rx_usecs=0")).stderr).toBe("");
  expect(told()).toEqual(["ethtool -C rtt0v0 rx-usecs 0"]);
});
