import fc from "fast-check";
import { expect, it } from "vitest";
import { libvirtUri, socketsOf } from "../../../infra/gateway/sockets.ts";
import { type SshTarget, targetOf, targetSchema } from "../../../lib/ssh/target.ts";

const hostKey = "ssh-ed25519 AAAA";
const endpoint = fc.record(
  {
    address: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
    port: fc.integer({ min: 1, max: 65535 }),
    user: fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)),
    privateKeyFile: fc.string({ unit: "grapheme" }).map((path) => `/${path}`),
    hostKey: fc.constant(hostKey),
  },
  { requiredKeys: ["address", "port", "user", "hostKey"] },
);
const target: fc.Arbitrary<SshTarget> = fc
  .record({ endpoint, jump: fc.option(endpoint, { nil: undefined }) })
  .map(({ endpoint, jump }) => ({ ...endpoint, ...(jump && { jump }) }));

it("a server of any name, user and key has sockets whose names can be listened at and stand in a URI as they are", () => {
  fc.assert(
    fc.property(target, (server) => {
      expect(targetSchema.parse(server)).toEqual(server);
      const all = Object.values(socketsOf(server));
      for (const path of all) {
        expect(Buffer.byteLength(path)).toBeLessThanOrEqual(107);
        expect(path).toMatch(/^\/tmp\/sriov-rtt-\d+\/[\w.-]+$/);
      }
      const uri = new URL(libvirtUri(server));
      expect(uri.searchParams.get("socket")).toBe(socketsOf(server).libvirt);
      expect([uri.protocol, uri.pathname]).toEqual(["qemu+unix:", "/system"]);
    }),
  );
});

it("servers that are reached in different ways never share a socket, and one that is described twice does", () => {
  fc.assert(
    fc.property(target, target, (one, other) => {
      const same = JSON.stringify(targetOf(one)) === JSON.stringify(targetOf(other));
      expect(socketsOf(one).libvirt === socketsOf(other).libvirt).toBe(same);
      expect(socketsOf({ ...one, extra: 1 } as SshTarget)).toEqual(socketsOf(one));
    }),
  );
});

it("a server on the way has an agent of its own, with no other key", () => {
  const server = { address: "a", port: 22, user: "root", hostKey, privateKeyFile: "/a" };
  const { agent, jumpAgent } = socketsOf({ ...server, jump: { ...server, privateKeyFile: "/b" } });
  expect(jumpAgent).not.toBe(agent);
  expect(socketsOf(server).jumpAgent).toBe(socketsOf(server).agent);
});
