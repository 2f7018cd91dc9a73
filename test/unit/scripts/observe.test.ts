import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { observeScript, parseObservation } from "../../../infra/observe.ts";
import { vmNames } from "../../../infra/vm/addresses.ts";
import { MadeUpServer } from "../../support/made-up/server.ts";

let server: MadeUpServer;
beforeEach(() => {
  server = new MadeUpServer();
});
afterEach(() => server.remove());

const host = { pfs: [{ name: "pf0", vfs: 1 }] };
const observe = async (vms: readonly string[]) => parseObservation(await server.shell(observeScript(host, vms)));

describe("what a server is asked before anything is changed", () => {
  it("is whether somebody has a VM of any name that the plan gives, background VMs included", async () => {
    await server.pf("pf0");
    server.domain("rtt-bg-002", "running", "the customer's");
    server.domain("rtt-bg-003", "running", "the customer's");
    server.domain("rtt-bg-001", "running");
    const { inUse } = await observe(vmNames(2));
    expect(inUse).toEqual([{ port: "", what: expect.stringMatching(/^there is a VM rtt-bg-002 which does not say/) }]);
  });

  it("is whether it has the tools that scripts call", async () => {
    await server.pf("pf0");
    expect((await observe(vmNames(0))).lacking).toEqual([]);
    const script = observeScript(host).replace(/^TOOLS=.*$/m, "TOOLS='ip rtt-nowhere virsh rtt-none'");
    expect(parseObservation(await server.shell(script)).lacking).toEqual(["rtt-nowhere", "rtt-none"]);
  });
});
