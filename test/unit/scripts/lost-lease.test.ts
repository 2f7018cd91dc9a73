import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatFields } from "../../../lib/key-value.ts";
import { copiesOf } from "../../support/made-up/copies.ts";
import { MadeUpServer } from "../../support/made-up/server.ts";

// A stack has its lease, then sleeps: a closed laptop, an ssh that hangs, the wait for the lock. Meanwhile another takes the server, by
// `release --force` or after a reboot, which empties /run. Then the first one's next layer comes.
const OWNER = "stack a (ann@a:/a, operator 1)";
const tenant = "stack b (bob@b:/b, operator 2)";
const place = formatFields({
  ...{ name: "rtt-main", token: "b", kind: "bridge", pf: "pf0", mac: "52:54:00:9a:01:00" },
  ...{ peer_mac: "52:54:00:9a:02:00", self: "no" },
});

const prepared = copiesOf(async () => {
  const one = new MadeUpServer();
  await one.pf("pf0", { vfs: [{ driver: "igbvf" }, { driver: "igbvf" }] });
  return one;
});
let server: MadeUpServer;
beforeEach(() => {
  server = prepared();
});
afterEach(() => server.remove());

const layers: [script: string, variables: Record<string, string | number>][] = [
  ["nic.sh", { PF: "pf0", VFS: 4, BRIDGE: "rtt0" }],
  ["bridge.sh", { PF: "pf0", BRIDGE: "rtt0" }],
  ["slots.sh", { BRIDGE: "rtt0", WANTED: "" }],
  ["slots.sh", { BRIDGE: "rtt0", WANTED: "", ACTION: "update" }],
  [
    "ready.sh",
    { BRIDGE: "rtt0", SECONDS_LIMIT: 1, WANTED: "name=rtt-main token=a endpoint=vm kind=vf mac=52:54:00:9a:01:00" },
  ],
  ["mark-load.sh", { ACTION: "begin" }],
  ["mark-load.sh", { ACTION: "end" }],
  ["image-folder.sh", { SHA: "ab" }],
];

describe.each([
  ["another stack", tenant],
  ["nobody", undefined],
])("on a server that %s has by now", (_who, holder) => {
  it.each(layers)("%s of a stack that has lost it changes nothing, and says who has it", async (script, variables) => {
    if (holder !== undefined) server.lease(holder);
    server.write("run/sriov-rtt/slots/rtt-main", `${place}\n`);
    for (const name of ["rtt-main", "rtt-bg-001"]) server.domain(name, "running");
    const before = server.dump();
    const { exitCode, stderr } = await server.run(script, { ACTION: "create", TOKEN: "a", OWNER, ...variables });
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining(`${OWNER} does not have this server any more (${holder ?? "nobody"} has it)`),
    ]);
    expect(server.dump()).toEqual(before);
  });
});
