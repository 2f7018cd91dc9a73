import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Attachment, MadeUpDeployment, type Wish } from "../../support/made-up/deployment.ts";
import type { MadeUpVf } from "../../support/made-up/port.ts";
import { MadeUpServer } from "../../support/made-up/server.ts";

const mac = (tail: number) => `02:0b:00:00:00:${tail.toString(16).padStart(2, "0")}`;

/** A VF as an operator may have left it: without a driver, with one, for guests; with settings or as the NIC made it. */
const operatorsVf = (number: number): fc.Arbitrary<MadeUpVf> =>
  fc
    .record({
      driver: fc.constantFrom(undefined, "igbvf", "igbvf", "igbvf", "vfio-pci"),
      named: fc.boolean(),
      addressed: fc.boolean(),
      up: fc.boolean(),
      settings: fc.record(
        {
          mac: fc.constant(mac(16 + number)),
          vlan: fc.constantFrom("0", "5", "100"),
          spoofchk: fc.constantFrom("on", "off"),
          trust: fc.constantFrom("on", "off"),
          state: fc.constantFrom("auto", "enable", "disable"),
          max_tx_rate: fc.constantFrom("0", "100"),
        },
        { requiredKeys: [] },
      ),
    })
    .map(({ driver, named, addressed, up, settings }) => {
      const settled = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
      if (driver !== "igbvf") return { ...(driver && { driver }), settings: settled };
      return {
        driver,
        settings: settled,
        up,
        ...(named && { netdev: `op${(number + 1) % 4}` }),
        ...(addressed && !settled.mac && { address: mac(32 + number) }),
      };
    });

const operatorsPf = fc.constantFrom(0, 2, 4, 4, 4).chain((vfs) =>
  fc.record({
    autoprobe: fc.constantFrom<(0 | 1)[]>(0, 1),
    up: fc.boolean(),
    lro: fc.constantFrom<(undefined | "on" | "off")[]>(undefined, "on", "off"),
    vfs: fc.tuple(...Array.from({ length: vfs }, (_, number) => operatorsVf(number))),
  }),
);

const attachment = fc.constantFrom<Attachment[]>("bridge", "macvtap-passthrough", "macvtap-bridge", "pci-passthrough");

const wish: fc.Arbitrary<Wish> = fc.integer({ min: 1, max: 6 }).chain((vfs) =>
  fc.record({
    vfs: fc.constantFrom(vfs, 4),
    vms: fc
      .tuple(fc.array(attachment, { maxLength: Math.min(vfs, 3) }), fc.boolean())
      .map(([vms, isHost]) => (isHost && vms.length > 0 ? vms.with(0, "host-vf") : vms)),
  }),
);

type Step = { up: Wish } | "destroy";
/** What happens to the server: steps, some of which are ended by force at one of the commands that they give it. */
const step = fc.record({
  what: fc.oneof(
    wish.map((up): Step => ({ up })),
    fc.constant<Step>("destroy"),
  ),
  dies: fc.option(
    fc.record({
      when: fc.constantFrom<("before" | "after")[]>("before", "after"),
      command: fc.integer({ min: 1, max: 60 }),
    }),
  ),
});

describe("a server that was an operator's", () => {
  it("is as it was after destroy, whatever was deployed, changed, ended by force and destroyed in between", async () => {
    await fc.assert(
      fc.asyncProperty(operatorsPf, fc.array(step, { minLength: 1, maxLength: 4 }), async (pf, steps) => {
        const server = new MadeUpServer();
        try {
          await server.pf("pf0", pf);
          const before = server.dump();
          const deployment = new MadeUpDeployment(server);
          let lostLease = false;
          for (const { what, dies } of steps) {
            if (dies) server.endAt(dies.when, dies.command);
            const said = await (what === "destroy" ? deployment.destroy() : deployment.up(what.up));
            expect(said).toMatch(!dies || server.endNoMore() ? /^$/ : /: SIGKILL/);
            lostLease = said.startsWith("lease create");
          }
          expect(await deployment.destroy()).toBe("");
          // A lease that the state has not heard of, because what took it was ended, is given back by hand.
          if (server.exists("run/sriov-rtt")) {
            expect(lostLease).toBe(true);
            const restored = await server.run("restore.sh", { FORCE: "yes" });
            expect([restored.exitCode, restored.stderr]).toEqual([0, ""]);
          }
          expect(server.dump()).toEqual(before);
        } finally {
          server.remove();
        }
      }),
      { numRuns: Number(process.env.LAB_SEQUENCES ?? 12), seed: Number(process.env.LAB_SEED ?? 20) },
    );
  });
});
