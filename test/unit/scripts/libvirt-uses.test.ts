import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { observeScript, parseObservation } from "../../../infra/observe.ts";
import { copiesOf } from "../../support/made-up/copies.ts";
import { MadeUpServer } from "../../support/made-up/server.ts";

const prepared = copiesOf(async () => {
  const one = new MadeUpServer();
  await one.pf("pf0", { totalVfs: 4, vfs: [{ driver: "igbvf", netdev: "op0" }] });
  return one;
});
let server: MadeUpServer;
beforeEach(() => {
  server = prepared();
});
afterEach(() => server.remove());

const inUse = async () => {
  const { inUse } = parseObservation(await server.shell(observeScript({ pfs: [{ name: "pf0", vfs: 4 }] })));
  return inUse.map(({ port, what }) => `${port}: ${what}`);
};

const address = (slot: string, bus = "01") =>
  `<address type='pci' domain='0x0000' bus='0x${bus}' slot='0x${slot}' function='0x2'/>`;

describe("a network of libvirt's", () => {
  const network = (state: string, xml: string) => {
    server.write("networks/lan/state", `${state}\n`);
    server.write("networks/lan/xml", `<network>\n  <name>lan</name>\n  ${xml}\n</network>\n`);
  };

  it.each([
    [
      "bridges to the port",
      "active no",
      "<forward dev='pf0' mode='bridge'>\n    <interface dev='pf0'/>\n  </forward>",
      "pf0",
    ],
    [
      "has its VFs as a pool",
      "inactive yes",
      "<forward mode='hostdev' managed='yes'>\n    <pf dev='pf0'/>\n  </forward>",
      "pf0",
    ],
    [
      "has the interface of a VF",
      "active yes",
      "<forward mode='passthrough'>\n    <interface dev='op0'/>\n  </forward>",
      "op0 of pf0",
    ],
    [
      "has a VF by its address, also before it is there",
      "active yes",
      `<forward mode='hostdev'>\n    ${address("10")}\n  </forward>`,
      "0000:01:10.2 of pf0",
    ],
  ])("is a use that %s", async (_name, state, xml, what) => {
    network(state, xml);
    expect(await inUse()).toEqual([`pf0: the network lan of libvirt has ${what} (virsh net-dumpxml lan)`]);
  });

  it("is none that has another port, or that nothing starts", async () => {
    network(
      "active yes",
      "<forward mode='bridge'>\n    <interface dev='pf01'/>\n  </forward>\n  <bridge name='virbr0'/>",
    );
    expect(await inUse()).toEqual([]);
    network("inactive no", "<forward mode='bridge'>\n    <interface dev='pf0'/>\n  </forward>");
    expect(await inUse()).toEqual([]);
  });
});

describe("a VM of somebody's that is shut off", () => {
  const vm = (xml: string, description = "the customer's") => {
    server.domain("customer", "shut off", description);
    server.write("domains/customer/xml", xml);
  };

  it.each([
    [
      "a VF",
      `<hostdev mode='subsystem' type='pci'>\n  <source>\n    ${address("10")}\n  </source>\n</hostdev>`,
      "0000:01:10.2 of pf0",
    ],
    ["the port under macvtap", "<interface type='direct'>\n  <source dev='pf0' mode='bridge'/>\n</interface>", "pf0"],
  ])("is a use where it is defined with %s", async (_name, xml, what) => {
    vm(xml);
    expect(await inUse()).toEqual([`pf0: the VM customer is defined with ${what} (virsh dumpxml customer)`]);
    vm(xml, "sriov-rtt-testbed id token");
    expect(await inUse()).toEqual([]);
  });

  it("is none where only the guest calls something so", async () => {
    vm(
      `<interface type='network'>\n  <source network='lan'/>\n  <target dev='pf0'/>\n  ${address("10")}\n</interface>\n<hostdev>\n  <source>\n    ${address("10", "02")}\n  </source>\n  ${address("10")}\n</hostdev>`,
    );
    expect(await inUse()).toEqual([]);
  });
});
