import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roles } from "../../infra/config/hosts.ts";
import { domainUuid, identityOf } from "../../infra/vm/addresses.ts";

const role = fc.constantFrom(...roles);
const index = fc.integer({ min: 0, max: 250 });

describe("identities of guests", () => {
  it("never overlap", () => {
    fc.assert(
      fc.property(role, index, role, index, (roleA, indexA, roleB, indexB) => {
        fc.pre(roleA !== roleB || indexA !== indexB);
        const [a, b] = [identityOf(roleA, indexA), identityOf(roleB, indexB)];
        expect(a.mac).not.toBe(b.mac);
        expect(a.ip).not.toBe(b.ip);
        if (roleA === roleB) expect(a.name).not.toBe(b.name);
      }),
    );
  });

  it("are well formed: a locally administered unicast MAC, an address of the testbed's network", () => {
    fc.assert(
      fc.property(role, index, (r, i) => {
        const { mac, ip } = identityOf(r, i);
        expect(mac).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
        expect(Number.parseInt(mac.slice(0, 2), 16) & 0b11).toBe(0b10);
        const octets = ip.split(".").map(Number);
        expect(octets.slice(0, 2)).toEqual([10, 9]);
        expect(octets[3]).toBeGreaterThan(0);
        expect(octets[3]).toBeLessThan(255);
      }),
    );
  });

  it("are refused outside of 0 to 250", () => {
    for (const wrong of [-1, 251, 1.5, Number.NaN]) expect(() => identityOf("sender", wrong)).toThrow(/0 to 250/);
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
