import { describe, expect, it } from "vitest";
import { nicLimits } from "../../../infra/doctor/checks/nic-limits.ts";
import type { NicLimits } from "../../../infra/plan/nic-limits.ts";
import { findingOf, healthy, subject, wants } from "./subject.ts";

const there = healthy.nicLimits.get("ens1f0");
const withLimits = (change: Partial<NicLimits>) => {
  if (there === undefined) throw new Error("the healthy server says nothing of its port");
  return { facts: { nicLimits: new Map([["ens1f0", { ...there, ...change }]]) } };
};

describe("limits of VFs", () => {
  it("are none on a healthy server", () => {
    expect(findingOf(nicLimits)).toEqual({
      what: "VF limits of ens1f0",
      status: "ok",
      found: "legacy mode, room in memory and on the bus",
    });
    expect(findingOf(nicLimits, withLimits({ vfVectors: 64 })).found).toMatch(/, 64 MSI-X vectors$/);
  });

  it("are refused with what is allowed", () => {
    expect(findingOf(nicLimits, withLimits({ vfVectors: 4 }))).toEqual({
      what: "VF limits of ens1f0",
      status: "missing",
      found: "8 VFs of ens1f0 take an MSI-X vector each at least, and it has 4 for them",
      mend: "change hosts.sender.pfs.0.vfs in .lab/hosts.json  # allowed: at most 4",
    });
    expect(findingOf(nicLimits, withLimits({ eswitch: "switchdev" }))).toMatchObject({ status: "missing" });
    expect(findingOf(nicLimits, withLimits({ hasVfMemory: false }))).toMatchObject({ status: "missing" });
  });

  it("are shared IOMMU groups for PCI passthrough, and for nothing else", () => {
    const shared = withLimits({ sharedGroups: new Map([[0, ["0000:3b:00.0", "0000:3b:00.1"]]]) });
    expect(findingOf(nicLimits, shared)).toMatchObject({
      status: "warning",
      found: expect.stringMatching(/VF 0 with 0000:3b:00.0, 0000:3b:00.1$/),
    });
    const wanted = (mainDriver: string) => ({ ...shared, wanted: wants({ mainDriver }) });
    expect(findingOf(nicLimits, wanted("pci-passthrough")).status).toBe("missing");
    expect(findingOf(nicLimits, wanted("macvtap-passthrough")).status).toBe("warning");
  });

  it("are not looked for where nothing is known, or no VFs are asked for", () => {
    expect(nicLimits(subject({ facts: { nicLimits: new Map() } }))).toEqual([]);
    expect(nicLimits(subject({ host: { pfs: [{ name: "ens1f0", vfs: 0 }] } }))).toEqual([]);
  });
});
