import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MadeUpDeployment, operatorsServer } from "../../support/made-up/deployment.ts";
import type { MadeUpServer } from "../../support/made-up/server.ts";

const root = process.getuid?.() === 0 ? [] : ["--map-root-user"];

let server: MadeUpServer;
let deployment: MadeUpDeployment;
let before: string[];
beforeEach(async () => {
  ({ server, deployment, before } = await operatorsServer({ vlan: "5" }));
});
afterEach(() => server.remove());

/** Where the server keeps what outlives a reboot is a file system of its own, with what is there and not a byte more. */
const full = () => {
  const kept = `${server.root}/var/lib`;
  return [
    ...["unshare", ...root, "--mount", "sh", "-e", "-c"],
    `mkdir -p ${kept}; cp -a ${kept} ${server.root}/kept; mount -t tmpfs -o size=64k none ${kept}; cp -a ${server.root}/kept/. ${kept}
rm -r ${server.root}/kept; dd if=/dev/zero of=${kept}/filler 2> /dev/null || :
if echo more > ${kept}/more; then exit 9; fi 2> /dev/null
rm -f ${kept}/more; status=0; "$@" || status=$?; rm ${kept}/filler; find ${kept} -type f -printf 'left %f\\n'; exit $status`,
    "sh",
  ];
};
const restore = () => server.run("restore.sh", { FORCE: "yes" }, { enter: full() });
/** All but the records: the real ones are below the file system that is gone. */
const rest = (lines: string[]) => lines.filter((line) => !line.startsWith("var/lib"));

describe("a server whose /var/lib is full", () => {
  it("is put back whole: nothing has to be written for it", async () => {
    expect(await deployment.up({ vfs: 4, vms: ["macvtap-passthrough", "bridge"] })).toBe("");
    const { exitCode, stdout, stderr } = await restore();
    expect([exitCode, stderr, stdout]).toEqual([0, "", expect.not.stringContaining("left ")]);
    expect(rest(server.dump())).toEqual(rest(before));
  });

  it("is put back where an up was ended between making the bridge and writing that down", async () => {
    server.endAt("after", 1, "ip link add *");
    expect(await deployment.up({ vfs: 4, vms: ["bridge"] })).toMatch(/SIGKILL/);
    const { exitCode, stdout, stderr } = await restore();
    expect([exitCode, stderr, stdout]).toEqual([0, "", expect.not.stringContaining("left ")]);
    expect(rest(server.dump())).toEqual(rest(before));
  });

  it("is not changed by an up, which says why", async () => {
    server.lease("stack made-up");
    const leased = server.dump();
    const variables = { ACTION: "create", TOKEN: "n", PF: "pf0", VFS: 4, BRIDGE: "rtt0", OWNER: "stack made-up" };
    const { exitCode, stderr } = await server.run("nic.sh", variables, { enter: full() });
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/how pf0 is cannot be written down in .*nothing was changed/),
    ]);
    expect(rest(server.dump())).toEqual(rest(leased));
  });
});
