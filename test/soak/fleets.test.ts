import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { manifestOf, Testbed } from "../support/testbed.ts";

let testbed: Testbed;

beforeAll(async () => {
  testbed = await Testbed.open("soak-fleets");
});

afterAll(() => testbed?.close());

const competing = { mainDriver: "virtio-bridge", backgroundVms: 1, loadLocation: "sender" };

describe("background VMs and their load", () => {
  it("go through memory under memory load, by their own count", async () => {
    const [outcome] = await testbed.up({ ...competing, loadType: "memory" });
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
});
