import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roles } from "../../lib/roles.ts";
import { usageIn } from "../../measure/metrics/cpu-usage.ts";
import { pingRecord } from "../../measure/probes/ping/record.ts";
import { manifestOf, Testbed } from "../support/testbed.ts";

let testbed: Testbed;

beforeAll(async () => {
  testbed = await Testbed.open("soak-fleets");
});

afterAll(() => testbed?.close());

/** Each VM with the process that runs it: one that was made anew has another. */
const processes = () =>
  testbed.onServers("cd /run/libvirt/qemu; for f in rtt-*.pid; do [ ! -e $f ] || echo ${f%.pid} $(cat $f); done");
const competing = { mainDriver: "virtio-bridge", backgroundVms: 1, loadType: "cpu", loadLocation: "sender" };

describe("background VMs and their load", () => {
  it("load the server that they are to load, and are seen to", async () => {
    const [outcome] = await testbed.up(competing);
    const manifest = manifestOf(outcome);
    const { background, scenario } = manifest;
    const { cpu } = pingRecord(manifest);
    expect(scenario.factors).toMatchObject({ background: { vms: 1 }, load: { type: "cpu", location: "sender" } });
    expect(background?.responder).toEqual([]);
    expect(background?.sender).toEqual([expect.objectContaining({ vm: "rtt-bg-001" })]);
    expect(background?.sender[0]?.cpuPercent).toBeGreaterThan(25);
    const [loaded, idle] = roles.map((role) => usageIn(cpu[role], "before"));
    expect(loaded).toBeGreaterThan(idle ?? 100);
  });

  const growing = { ...competing, backgroundVms: 2 };

  it("would grow by the VMs that are new", async () => {
    const preview = await testbed.preview(growing);
    expect(preview.filter(({ op }) => !["same", "update"].includes(op)).map(({ name, op }) => `${op} ${name}`)).toEqual(
      ["create sender-rtt-bg-002", "replace load-running", "replace run-01"],
    );
  });

  it("grow while no other is touched, and send datagrams to their counterparts under network load", async () => {
    const [before = ""] = await processes();
    const network = { loadType: "network", networkLoadMbps: 0.5, loadLocation: "responder" };
    const [outcome] = await testbed.up({ ...growing, ...network });
    const { background } = manifestOf(outcome);
    // How many of the 44.6 a second that are asked for depends on how busy this machine is; too few, and the run would not count.
    for (const { sentPps, receivedPps } of background?.sender ?? []) {
      expect(sentPps).toBeGreaterThan(0);
      expect(receivedPps).toBe(0);
    }
    for (const { sentPps, receivedPps } of background?.responder ?? []) {
      expect(receivedPps).toBeGreaterThan(0);
      expect(sentPps).toBe(0);
    }
    expect(background?.responder).toHaveLength(2);
    const [after = ""] = await processes();
    const [added, ...more] = after.split("\n").filter((line) => !before.split("\n").includes(line));
    expect(added).toMatch(/^rtt-bg-002 /);
    expect(more).toEqual([]);
    expect(after.split("\n")).toEqual(expect.arrayContaining(before.split("\n")));
  });

  it("load nobody but their counterparts: what they send goes to no other VM's tap", async () => {
    const command = `tap=$(virsh -q domiflist rtt-main | awk '{print $1}'); count() { cat /sys/class/net/$tap/statistics/tx_packets; }
a=$(count); sleep 3; b=$(count); echo $((b - a))`;
    for (const packets of await testbed.onServers(command)) expect(Number(packets)).toBeLessThan(30);
  });

  it("go through memory under memory load, by their own count", async () => {
    const [outcome] = await testbed.up({ ...competing, backgroundVms: 1, loadType: "memory" });
    const { background } = manifestOf(outcome);
    expect(background?.sender).toEqual([expect.objectContaining({ vm: "rtt-bg-001", sentPps: null })]);
    expect(background?.sender[0]?.cpuPercent).toBeGreaterThan(25);
    expect(background?.sender[0]?.memoryMiBps).toBeGreaterThan(1);
  });

  it("are gone before the runs of a scenario without them", async () => {
    const [outcome] = await testbed.up({ ...competing, loadType: "cpu", backgroundVms: 0 });
    const { background, facts } = manifestOf(outcome);
    expect(background).toBeUndefined();
    expect(JSON.stringify(facts)).not.toContain("rtt-bg");
    expect(await testbed.onServers("virsh -q list --all --name")).toEqual(["rtt-main", "rtt-main"]);
  });

  it("leave nothing behind", async () => {
    await testbed.destroy();
    expect(await testbed.leftovers()).toEqual(["0", "0"]);
  });
});
