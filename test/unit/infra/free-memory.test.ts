import { afterEach, beforeEach, expect, it } from "vitest";
import { configSchema } from "../../../infra/config/schema.ts";
import { freeMemoryProblems } from "../../../infra/free-memory.ts";
import { observeScript, parseObservation, refuseOneServer } from "../../../infra/observe.ts";
import { memoryNeeded } from "../../../infra/plan/capacity.ts";
import { planOf } from "../../../infra/plan/plan.ts";
import { MadeUpServer } from "../../support/made-up/server.ts";

let server: MadeUpServer;
beforeEach(() => {
  server = new MadeUpServer();
});
afterEach(() => server.remove());

const observe = async () => parseObservation(await server.shell(observeScript({ pfs: [] })));
const plan = planOf(configSchema.parse({ hosts: "hosts.json", mainDriver: "virtio-bridge", backgroundVms: 2 }));

it("a server's free memory is what it says, and what VMs of this testbed have of it", async () => {
  server.write("proc/meminfo", "MemTotal: 268435456 kB\nMemFree: 1048576 kB\nMemAvailable: 2097152 kB\n");
  expect(await observe()).toMatchObject({ memoryMiB: 262_144, freeMiB: 2048 });
  for (const [name, pid] of [
    ["rtt-main", 77],
    ["customer", 78],
  ] as const) {
    server.write(`run/libvirt/qemu/${name}.pid`, `${pid}\n`);
    server.write(
      `proc/${pid}/status`,
      "VmRSS:\t 204800 kB\nRssAnon:\t 102400 kB\nRssFile:\t 51200 kB\nRssShmem:\t 51200 kB\n",
    );
  }
  server.write("run/sriov-rtt/slots/rtt-main", "name=rtt-main\n");
  expect(await observe()).toMatchObject({ freeMiB: 2048 + 150 });
});

it("VMs that would take memory which others have are refused, with both figures", () => {
  const needed = memoryNeeded(plan.sender);
  const plenty = { memoryMiB: 262_144, freeMiB: 262_000 };
  const full = { memoryMiB: 262_144, freeMiB: needed - 1 };
  expect(freeMemoryProblems(plan, { sender: plenty, responder: plenty })).toEqual([]);
  expect(freeMemoryProblems(plan, { sender: { ...plenty, freeMiB: needed }, responder: plenty })).toEqual([]);
  expect(freeMemoryProblems(plan, { sender: full, responder: plenty })).toEqual([
    expect.objectContaining({
      key: "backgroundVms",
      found: `the VMs of the sender need ${needed} MiB, and ${needed - 1} of its 262144 MiB are free, what VMs of this testbed have included`,
    }),
  ]);
});

it("one server under two names is refused, by its start", async () => {
  const seen = await observe();
  expect(seen.boot).toBe("boot-1");
  expect(() => refuseOneServer({ sender: seen, responder: seen })).toThrow(/are one server: .*boot-1/);
  expect(() => refuseOneServer({ sender: seen, responder: { boot: "boot-2" } })).not.toThrow();
  expect(() => refuseOneServer({ sender: { boot: undefined }, responder: { boot: undefined } })).not.toThrow();
});
