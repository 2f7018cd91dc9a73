import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mostVfs } from "../../infra/config/hosts.ts";
import { domainUuid, identityOf, vfMacOf } from "../../infra/vm/addresses.ts";
import { roles } from "../../lib/roles.ts";
import { mostPairs } from "../../study/factors/server-pair.ts";

const role = fc.constantFrom(...roles);
const end = fc.record({ pair: fc.integer({ min: 1, max: mostPairs }), role });
const index = fc.integer({ min: 0, max: 250 });
const vf = fc.integer({ min: 0, max: mostVfs - 1 });
const isSame = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b);

describe("identities of guests", () => {
  it("never overlap, of all guests of all pairs", () => {
    fc.assert(
      fc.property(end, index, end, index, (endA, indexA, endB, indexB) => {
        fc.pre(!isSame(endA, endB) || indexA !== indexB);
        const [a, b] = [identityOf(endA, indexA), identityOf(endB, indexB)];
        expect(a.mac).not.toBe(b.mac);
        expect(a.ip).not.toBe(b.ip);
        if (isSame(endA, endB)) expect(a.name).not.toBe(b.name);
      }),
    );
  });

  it("have addresses that no VF which carries others' has, and no two of these have the same", () => {
    fc.assert(
      fc.property(end, vf, end, index, vf, (endA, vfA, endB, indexB, vfB) => {
        expect(vfMacOf(endA, vfA)).not.toBe(identityOf(endB, indexB).mac);
        expect(vfMacOf(endA, vfA) === vfMacOf(endB, vfB)).toBe(isSame(endA, endB) && vfA === vfB);
      }),
    );
  });

  it("are well formed: a locally administered unicast MAC, an address of the testbed's network", () => {
    fc.assert(
      fc.property(end, index, (e, i) => {
        const { mac, ip } = identityOf(e, i);
        expect(mac).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
        expect(Number.parseInt(mac.slice(0, 2), 16) & 0b11).toBe(0b10);
        const octets = ip.split(".").map(Number);
        expect(octets.slice(0, 2)).toEqual([10, 9]);
        for (const last of octets.slice(2)) {
          expect(last).toBeGreaterThan(0);
          expect(last).toBeLessThan(255);
        }
      }),
    );
  });

  it("are those that they were where there is one pair", () => {
    expect(identityOf({ pair: 1, role: "sender" }, 0)).toMatchObject({ mac: "52:54:00:9a:01:00", ip: "10.9.1.1" });
    expect(identityOf({ pair: 1, role: "responder" }, 250)).toMatchObject({
      mac: "52:54:00:9a:02:fa",
      ip: "10.9.2.251",
    });
    expect(vfMacOf({ pair: 1, role: "responder" }, 3)).toBe("52:54:00:9b:02:03");
  });

  it("are refused outside of 0 to 250, and of pairs that there cannot be", () => {
    for (const wrong of [-1, 251, 1.5, Number.NaN])
      expect(() => identityOf({ pair: 1, role: "sender" }, wrong)).toThrow(/0 to 250/);
    for (const wrong of [0, mostPairs + 1, 1.5, Number.NaN])
      expect(() => identityOf({ pair: wrong, role: "sender" }, 0)).toThrow(`1 to ${mostPairs}`);
  });
});

describe("UUIDs of domains", () => {
  it("are well formed, stable, and differ for every stack, server and name", () => {
    const word = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes("\n"));
    fc.assert(
      fc.property(fc.tuple(word, role, word), fc.tuple(word, role, word), (a, b) => {
        expect(domainUuid(...a)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(domainUuid(...a) === domainUuid(...b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});
