import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { asDeployedScript } from "../../../measure/probe/as-deployed.ts";
import { differencesOf } from "../../../measure/probe/differences.ts";
import { parseSeen } from "../../../measure/probe/seen-server.ts";
import { differenceText } from "../../../measure/results/conditions.ts";
import { copiesOf } from "../../support/made-up/copies.ts";
import { MadeUpDeployment } from "../../support/made-up/deployment.ts";
import { MadeUpServer } from "../../support/made-up/server.ts";

const definition = (devices = "") => `<domstatus state='running' reason='booted' pid='4242'>
  <domain type='kvm' id='1'>
    <name>rtt-main</name>
    <devices>
      <channel type='unix'>
        <target type='virtio' name='org.qemu.guest_agent.0' state='connected'/>
      </channel>${devices}
    </devices>
  </domain>
</domstatus>
`;
const file = "run/libvirt/qemu/rtt-main.xml";

/** The Main VM, as libvirt has begun it. */
function begin(server: MadeUpServer): void {
  server.process(4242, "qemu", ["qemu"], []);
  server.write("run/libvirt/qemu/rtt-main.pid", "4242\n");
  server.write(file, definition());
  server.write("var/log/libvirt/qemu/rtt-main-serial.log", "LAB-READY\n");
}

const prepared = copiesOf(async () => {
  const one = new MadeUpServer();
  await one.pf("pf0", { vfs: [{ driver: "igbvf" }] });
  expect(await new MadeUpDeployment(one).up({ vfs: 2, vms: ["macvtap-passthrough"] })).toBe("");
  begin(one);
  const { stderr } = await one.run("ready.sh", {
    ...{ ACTION: "create", OWNER: "stack made-up", BRIDGE: "rtt0", SECONDS_LIMIT: 5 },
    WANTED: "name=rtt-main token=t endpoint=vm kind=vf mac=52:54:00:9a:01:00",
  });
  expect(stderr).toBe("");
  for (const [name, text] of Object.entries({ carrier: "1", speed: "1000", duplex: "full", carrier_changes: "2" }))
    one.write(`sys/devices/virtual/pf0/${name}`, `${text}\n`);
  one.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
  one.write("sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "performance\n");
  return one;
});
let server: MadeUpServer;
beforeEach(() => {
  server = prepared();
});
afterEach(() => server.remove());

const deployed = {
  ports: [{ name: "pf0", vfs: 2 }],
  layers: ["nic-pf0", "bridge-rtt0", "vm-rtt-main"],
  main: "vm-rtt-main",
};
/** What a run is told of the server. @param after whether it has ended */
async function look(after = false) {
  const text = await server.shell(asDeployedScript(deployed, after));
  return differencesOf("sender", deployed, parseSeen(text, "sender")).map(differenceText);
}
/** Whether the next `up` finds the VM as it was made. */
async function isKept(): Promise<boolean> {
  const { stdout } = await server.run("observe.sh", {
    ...{ PORTS: "pf0=2", BRIDGE: "rtt0", VMS: "rtt-main", TOOLS: "ip" },
  });
  return /^record=layer name=vm-rtt-main token=t$/m.test(stdout);
}
const vf0 = "0000:01:10.0";

describe("a server before a run", () => {
  it("is as it was deployed, whether the guest's agent is connected or not, and says how it measures", async () => {
    expect(await look()).toEqual([]);
    server.write(file, definition().replace("state='connected'", "state='disconnected'"));
    expect(await look()).toEqual([]);
    expect(await isKept()).toBe(true);
    expect(await look(true)).toEqual([]);
    const { now, first } = parseSeen(await server.shell(asDeployedScript(deployed, false)), "sender");
    expect(now).toMatchObject({
      policy: { governor: "performance", boost: "" },
      ports: [{ name: "pf0", vfs: 2, carrier: true, speedMbps: 1000, duplex: "full", linkChanges: 2 }],
    });
    expect(first).toEqual(now);
  });

  it.each([
    [
      "another MAC of its VF",
      "ip link set dev pf0 vf 0 mac 02:00:00:00:00:09",
      "sender: VF 0 of pf0, which rtt-main has: mac: declared 52:54:00:9a:01:00, found 02:00:00:00:00:09",
    ],
    [
      "no driver of its VF",
      `echo ${vf0} | tee $LAB_ROOT/sys/devices/${vf0}/driver/unbind`,
      "sender: VF 0 of pf0, which rtt-main has: driver: declared igbvf, found none",
    ],
    [
      "a VLAN",
      "ip link set dev pf0 vf 0 vlan 9 qos 0",
      "sender: VF 0 of pf0, which rtt-main has: vlan: declared 0, found 9",
    ],
  ])("%s is told, and the next up makes the VM anew", async (_what, command, told) => {
    await server.shell(command);
    expect(await look()).toContain(told);
    expect(await isKept()).toBe(false);
  });

  it("a device that was attached is told, and the next up makes the VM anew", async () => {
    server.write(file, definition("\n      <hostdev mode='subsystem' type='pci'/>"));
    expect(await look()).toEqual([
      "sender: definition of rtt-main: declared no such lines, found <hostdev mode='subsystem' type='pci'/>",
    ]);
    expect(await isKept()).toBe(false);
  });

  it("a VM that was started again, and one that is gone, are told as that and no more", async () => {
    server.write("run/libvirt/qemu/rtt-main.pid", "4243\n");
    server.process(4243, "qemu", ["qemu"], []);
    server.write(file, definition("\n      <x/>"));
    expect(await look()).toEqual([
      expect.stringMatching(/^sender: rtt-main: .* found another, made or started since$/),
    ]);
    await server.shell("rm $LAB_ROOT/run/libvirt/qemu/rtt-main.pid");
    expect(await look()).toEqual([expect.stringMatching(/^sender: rtt-main: declared there, found gone/)]);
    await server.shell("rm $LAB_ROOT/run/sriov-rtt/vm-rtt-main");
    expect(await look()).toEqual([expect.stringMatching(/not known on the server as deployed$/)]);
  });

  it("another number of VFs, and a bridge whose port learns, are told", async () => {
    await server.shell("rm $LAB_ROOT/sys/class/net/pf0/device/virtfn1");
    server.write("sys/class/net/rtt0/brif/pf0/learning", "1\n");
    expect(await look()).toEqual([
      expect.stringMatching(/^sender: number of VFs of pf0: declared 2, found 1; see who has changed it and why: /),
      expect.stringMatching(/^sender: bridge rtt0: declared the one that was made/),
    ]);
  });

  it("is compared with how it was after the first run with this VM, and another VM begins anew", async () => {
    await look();
    expect(server.exists("run/sriov-rtt/conditions")).toBe(false);
    expect(await look(true)).toEqual([]);
    server.write("sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "powersave\n");
    server.write("sys/devices/virtual/pf0/speed", "100\n");
    expect(await look()).toEqual([
      expect.stringMatching(
        /^sender: CPU governor: declared performance after the first run, found performance,powersave; /,
      ),
      expect.stringMatching(
        /declared up, 1000 Mb\/s, full duplex after the first run, found up, 100 Mb\/s, full duplex; /,
      ),
    ]);
    expect(await isKept()).toBe(true);
    server.write("run/sriov-rtt/vm-rtt-main", server.read("run/sriov-rtt/vm-rtt-main").replace(/^t$/m, "u"));
    expect(await look()).toEqual([]);
  });

  it("tells the policy of the CPUs that can be asked where one of them is offline", async () => {
    const policyIn = async () => parseSeen(await server.shell(asDeployedScript(deployed, false)), "sender").now.policy;
    expect(await policyIn()).toMatchObject({ governor: "performance" });
    await server.shell(
      "cd $LAB_ROOT/sys/devices/system/cpu; rm cpu0/cpufreq/scaling_governor; mkdir cpu0/cpufreq/scaling_governor",
    );
    expect(await policyIn()).toMatchObject({ governor: "performance" });
  });

  it("that has no link is refused also at its first run, and the first one with a link is what the others are compared with", async () => {
    server.write("sys/devices/virtual/pf0/carrier", "0\n");
    server.write("sys/devices/virtual/pf0/speed", "-1\n");
    expect(await look()).toEqual([
      expect.stringMatching(/^sender: link of pf0: declared up, found down; set the port up/),
    ]);
    server.write("sys/devices/virtual/pf0/carrier", "1\n");
    server.write("sys/devices/virtual/pf0/speed", "1000\n");
    expect(await look(true)).toEqual([]);
    expect(server.exists("run/sriov-rtt/conditions")).toBe(true);
  });
});
