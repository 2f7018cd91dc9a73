import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configSchema } from "../../../infra/config/schema.ts";
import { observeScript, parseObservation } from "../../../infra/observe.ts";
import { planOf } from "../../../infra/plan/plan.ts";
import type { MainDriver } from "../../../study/drivers.ts";
import { MadeUpServer } from "../../support/made-up/server.ts";

let server: MadeUpServer;
beforeEach(() => {
  server = new MadeUpServer();
});
afterEach(() => server.remove());

const host = { pfs: [{ name: "pf0", vfs: 1 }] };
const observe = async (vms: number, mainDriver: MainDriver = "virtio-bridge") => {
  const values = configSchema.parse({ mainDriver, backgroundVms: vms, loadType: "cpu", loadLocation: "sender" });
  return parseObservation(await server.shell(observeScript(host, planOf(values).sender)));
};

describe("what a server is asked before anything is changed", () => {
  it("is whether somebody has a VM of any name that the plan gives, background VMs included", async () => {
    await server.pf("pf0");
    server.domain("rtt-bg-002", "running", "the customer's");
    server.domain("rtt-bg-003", "running", "the customer's");
    server.domain("rtt-bg-001", "running");
    const { inUse } = await observe(2);
    expect(inUse).toEqual([{ port: "", what: expect.stringMatching(/^there is a VM rtt-bg-002 which does not say/) }]);
  });

  it("is whether somebody has a network namespace of the name, where the Main endpoint is to have one", async () => {
    await server.pf("pf0");
    server.write("run/netns/rtt-main", "");
    expect((await observe(0)).inUse).toEqual([]);
    expect((await observe(0, "host-vf")).inUse).toEqual([
      {
        port: "",
        what: "there is a network namespace rtt-main which this testbed has not made (ip netns list)",
      },
    ]);
  });

  it("is whether it has the tools that scripts call", async () => {
    await server.pf("pf0");
    expect((await observe(0)).lacking).toEqual([]);
    expect(observeScript(host)).not.toMatch(/^TOOLS=.*\bping\b/m);
    expect(observeScript(host, planOf(configSchema.parse({ mainDriver: "host-vf" })).sender)).toMatch(
      /^TOOLS=.*\bping\b/m,
    );
    const script = observeScript(host).replace(/^TOOLS=.*$/m, "TOOLS='ip rtt-nowhere virsh rtt-none'");
    expect(parseObservation(await server.shell(script)).lacking).toEqual(["rtt-nowhere", "rtt-none"]);
  });
});
