import { describe, expect, it } from "vitest";
import { adopted } from "../../../cli/state/adopted.ts";
import { connectionTo } from "../../../infra/connection.ts";
import { libvirtUri, socketsOf } from "../../../infra/gateway/sockets.ts";
import { targetOf, targetSchema } from "../../../lib/ssh/target.ts";

const hostKey = `ssh-ed25519 ${"A".repeat(68)}`;
const otherKey = `ssh-ed25519 ${"B".repeat(68)}`;
const target = (address: string, more: object = {}) =>
  targetSchema.parse({ address, hostKey, privateKeyFile: "/home/bob/.ssh/lab", ...more });
const [sender, responder] = [target("10.0.0.1"), target("10.0.0.2")];
/** The same servers as the other machine reaches them: with its own key, which makes other sockets. */
const theirs = (address: string, more: object = {}) => target(address, { privateKeyFile: "/srv/key", ...more });
const program = (...hosts: object[]) => ({ LAB_LOAD: JSON.stringify({ hosts, rate: 7 }) });

/** A state as two servers leave it, reached in the ways of some machine. */
const stateOf = (first: typeof sender, second: typeof sender) => ({
  version: 3,
  deployment: {
    resources: [
      {
        urn: "urn:pulumi:campaign::sriov-rtt::command:remote:Command::sender-lease",
        inputs: { connection: connectionTo(first), delete: "sh -c 'rm x'" },
        outputs: { connection: connectionTo(first), stdout: '{"host":"10.0.0.1"}', triggers: ["[1]", "{", ""] },
      },
      {
        urn: "…::responder-lease",
        inputs: { connection: { secret: "x", plaintext: JSON.stringify(connectionTo(second)) } },
      },
      { urn: "…::sender-libvirt", inputs: { uri: libvirtUri(first) } },
      { urn: "…::load", inputs: { environment: program({ ...targetOf(first), generation: 2 }, targetOf(second)) } },
    ],
  },
});

/** A state in which what programs are told is read, too: the order of its words says nothing. */
const read = (state: unknown) =>
  JSON.parse(JSON.stringify(state), (_, value) =>
    typeof value === "string" && value.startsWith('{"hosts"') ? JSON.parse(value) : value,
  );

describe("a state that another machine has left", () => {
  it("gets this machine's ways to the same servers, and nothing else of it changes", () => {
    const found = adopted(stateOf(theirs("10.0.0.1"), theirs("10.0.0.2")), [sender, responder]);
    expect(read(found.deployment)).toEqual(read(stateOf(sender, responder)));
    expect(found).toMatchObject({ isChanged: true, strangers: new Map() });
    expect([...found.known].sort()).toEqual(["10.0.0.1:22", "10.0.0.2:22"]);
    expect(JSON.stringify(found.deployment)).not.toMatch(/\/srv\/key/);
  });

  it("is left as it is where the ways are this machine's, of which a server may have several", () => {
    const other = theirs("10.0.0.1");
    for (const first of [sender, other]) {
      const state = stateOf(first, responder);
      expect(adopted(state, [sender, other, responder])).toMatchObject({ deployment: state, isChanged: false });
    }
  });

  it("gets a jump host, or loses it, as the way of this machine has one", () => {
    const jump = { address: "192.0.2.9", hostKey: otherKey, privateKeyFile: "/jump" };
    const [direct, indirect] = [target("10.0.0.1"), target("10.0.0.1", { jump })];
    for (const [from, to] of [
      [theirs("10.0.0.1"), indirect],
      [theirs("10.0.0.1", { jump }), direct],
    ] as const)
      expect(read(adopted(stateOf(from, responder), [to, responder]).deployment)).toEqual(read(stateOf(to, responder)));
  });

  it("has strangers where address, port or host key is another one, and those keep their ways", () => {
    const state = stateOf(theirs("10.0.0.1"), theirs("10.0.0.2", { port: 2222 }));
    const { deployment, known, strangers } = adopted(state, [target("10.0.0.1", { hostKey: otherKey }), responder]);
    expect(deployment).toEqual(state);
    expect(known.size).toBe(0);
    expect(strangers).toEqual(
      new Map([
        ["10.0.0.1:22", { here: otherKey, inState: hostKey }],
        ["10.0.0.2:2222", { here: undefined, inState: hostKey }],
      ]),
    );
    expect(JSON.stringify(deployment)).not.toContain(socketsOf(responder).agent);
  });
});
