import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MadeUpDeployment, operatorsServer } from "../../support/made-up/deployment.ts";
import type { MadeUpServer } from "../../support/made-up/server.ts";

let server: MadeUpServer;
let deployment: MadeUpDeployment;
let before: string[];
beforeEach(async () => {
  ({ server, deployment, before } = await operatorsServer({ mac: "02:0b:00:00:00:10" }));
});
afterEach(() => server.remove());

const restore = () => server.run("restore.sh", { FORCE: "yes" });
const rename = (from: string, to: string) => server.shell(`ip link set dev ${from} name ${to}`);
const records = () => server.list("var/lib/sriov-rtt/before");

describe("a port that is called otherwise by the time it is put back", () => {
  it.each([1, 4])(
    "has its VFs, %i while deployed, and its state again: it is known by its place on the bus",
    async (vfs) => {
      expect(await deployment.up({ vfs, vms: ["macvtap-passthrough", "bridge"].slice(0, vfs) as never })).toBe("");
      await rename("pf0", "ens1");
      expect(await deployment.destroy()).toMatch(/^$/);
      await rename("ens1", "pf0");
      expect(server.dump()).toEqual(before);
    },
  );

  it("is told under both names", async () => {
    await deployment.up({ vfs: 4, vms: [] });
    await rename("pf0", "ens1");
    const { stderr } = await restore();
    expect(stderr).toContain("pf0 (0000:01:00.0) is called ens1 by now");
    await rename("ens1", "pf0");
    expect(server.dump()).toEqual(before);
  });

  it("is not mixed up with another port that has its name by then", async () => {
    await deployment.up({ vfs: 4, vms: [] });
    await rename("pf0", "ens1");
    server.interface("pf0", { flags: "0x1003" });
    expect((await restore()).exitCode).toBe(0);
    expect(server.read("sys/class/net/pf0/flags")).toBe("0x1003");
    expect(server.read("sys/class/net/ens1/flags")).toBe("0x1002");
    expect(server.read("sys/devices/0000:01:00.0/sriov_numvfs")).toBe("1");
  });
});

it("a port that is not there keeps its record, which is told, until it is there again", async () => {
  await deployment.up({ vfs: 4, vms: [] });
  const hidden = `${server.root}/hidden`;
  const link = `${server.root}/sys/class/net/pf0`;
  await server.shell(`mv ${link} ${hidden}`);
  const { exitCode, stderr } = await restore();
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /pf0 \(0000:01:00\.0\) is not there now: how it was stays written down in \S+nic-0000:01:00\.0/,
  );
  expect(records()).toContain("nic-0000:01:00.0");
  await server.shell(`mv ${hidden} ${link}`);
  expect((await restore()).exitCode).toBe(0);
  expect(server.dump()).toEqual(before);
});

it("a port of which an earlier version wrote down the state, under its interface's name, is put back", async () => {
  await deployment.up({ vfs: 4, vms: [] });
  const folder = `${server.root}/var/lib/sriov-rtt/before`;
  await server.shell(`mv ${folder}/nic-0000:01:00.0 ${folder}/nic-pf0`);
  expect((await restore()).exitCode).toBe(0);
  expect(server.dump()).toEqual(before);
});

it("a port stays up while somebody's VM has one of its VFs, which would lose its link with it", async () => {
  await deployment.up({ vfs: 1, vms: [] });
  server.link("../groups/9", "sys/devices/0000:01:10.0/iommu_group");
  server.process(81, "qemu-system-x86", ["qemu", "-name", "guest=customer"], ["/dev/vfio/9"]);
  server.log();
  const { stderr } = await restore();
  expect(stderr).toMatch(/pf0 was down before, and stays up: VF 0 of pf0 .* in the hands of the VM customer/);
  expect(server.log()).not.toContain("ip link set dev pf0 down");
  expect(server.read("sys/class/net/pf0/flags")).toBe("0x1003");
});
