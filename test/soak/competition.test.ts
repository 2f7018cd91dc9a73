import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { captureOf, type Driver, drivers } from "../../infra/vm/drivers.ts";
import { pingRecord } from "../../measure/probes/ping/record.ts";
import type { Manifest } from "../../measure/results/manifest.ts";
import { expectPlausible, manifestOf, Testbed } from "../support/testbed.ts";

let testbed: Testbed;

beforeAll(async () => {
  testbed = await Testbed.open("soak-competition");
});

afterAll(() => testbed?.close());

type Ends = Driver | { sender: Driver; responder: Driver };

/** Deploys two background VMs with their load, measures, and checks that the load ran and the captures are what they must be. */
async function measured(
  mainDriver: Driver,
  backgroundDriver: Ends,
  loadType: string,
  loadLocation: string,
): Promise<Manifest> {
  const own = { mainDriver, backgroundDriver, backgroundVms: 2, loadType, loadLocation, networkLoadMbps: 2 };
  const [outcome] = await testbed.up({ ...own, packets: 100 });
  const manifest = manifestOf(outcome);
  if (typeof captureOf(mainDriver).nic === "string") expectPlausible(manifest);
  expect(pingRecord(manifest).details.received).toBeGreaterThan(90);
  const loaded = loadType === "cpu" && loadLocation !== "both" ? [loadLocation] : ["sender", "responder"];
  for (const role of ["sender", "responder"] as const)
    expect(manifest.background?.[role]).toHaveLength(loaded.includes(role) ? 2 : 0);
  console.log(
    manifest.scenario.name,
    JSON.stringify({ ...pingRecord(manifest).metrics, background: manifest.background }),
  );
  return manifest;
}

/** The competition of the paper (4.4), Fig. 4: who uses SR-IOV. */
const competitions = [
  ["(a) all on PCI passthrough", "pci-passthrough", "pci-passthrough"],
  ["(b) all on macvtap", "macvtap-passthrough", "macvtap-passthrough"],
  ["(c) Main VMs on the bridge beside PCI passthrough", "virtio-bridge", "pci-passthrough"],
] as const;

describe.each(competitions)("%s", (_name, mainDriver, backgroundDriver) => {
  it.each([
    ["cpu", "sender"],
    ["cpu", "responder"],
    ["network", "responder"],
    ["network", "sender"],
  ])("%s load at the %s", async (loadType, loadLocation) => {
    await measured(mainDriver, backgroundDriver, loadType, loadLocation);
  });
});

describe("background VMs on every driver, network load both ways", () => {
  it.each(drivers)("%s", async (driver) => {
    await measured("virtio-bridge", driver, "network", "both");
  });

  it("on the bridge at one end and macvtap at the other", async () => {
    const ends = { sender: "virtio-bridge", responder: "macvtap-bridge" } as const;
    await measured("pci-passthrough", ends, "network", "responder");
  });
});

describe("a VLAN on the VFs of the Main VMs", () => {
  it.each(["pci-passthrough", "macvtap-passthrough", "macvtap-bridge"] as const)("%s", async (mainDriver) => {
    const [outcome] = await testbed.up({ mainDriver, mainVlan: 7 });
    expect(pingRecord(manifestOf(outcome)).details.received).toBe(50);
    expect(await testbed.onServers("ip link show pf0 | grep -c 'vf 0 .*vlan 7'")).toEqual(["1", "1"]);
  });
});

it("a VF that one fleet gives up is the other's: seven background VMs, then six beside a Main VM, and back", async () => {
  const full = { backgroundDriver: "macvtap-passthrough", mainDriver: "virtio-bridge", backgroundVms: 7 };
  for (const own of [full, { ...full, mainDriver: "pci-passthrough", backgroundVms: 6 }, full]) {
    const [outcome] = await testbed.up({ ...own, loadType: "none" });
    expect(manifestOf(outcome).background?.responder).toHaveLength(own.backgroundVms);
  }
});

it("leaves nothing behind", async () => {
  await testbed.destroy();
  expect(await testbed.leftovers()).toEqual(["0", "0"]);
});
