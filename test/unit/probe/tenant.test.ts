import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { measureRun } from "../../../measure/probe/measure.ts";
import type { rawRun } from "../../../measure/probe/raw-run.ts";
import { runSpecSchema } from "../../../measure/probe/spec.ts";
import { LostServerError, requireTenant } from "../../../measure/probe/tenant.ts";

const held = (holder: string) => ({ run: async () => `${holder}\n` });

describe("a run asks whose its servers are", () => {
  it("and goes on where both are its stack's", async () => {
    await requireTenant("a stack", { sender: held("a stack"), responder: held("a stack") }, "before");
  });

  it.each([
    ["another stack's", "b stack", "b stack has the responder"],
    ["nobody's", "nobody", "nobody has the responder"],
  ])("and fails where one is %s", async (_whose, holder, words) => {
    const connections = { sender: held("a stack"), responder: held(holder) };
    await expect(requireTenant("a stack", connections, "after")).rejects.toThrow(words);
    await expect(requireTenant("a stack", connections, "after")).rejects.toThrow(LostServerError);
  });
});

const end = {
  ssh: { address: "192.0.2.1", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA" },
  pf: "lo",
  domainType: "kvm",
  vm: { domain: "rtt-main", mac: "52:54:00:9a:01:00", ip: "10.9.1.1", driver: "virtio-bridge" },
  capture: null,
};

it("a run whose server was lost is tried once, and leaves no results", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lab-tenant-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const spec = runSpecSchema.parse({
    ...{ owner: "a stack", resultsDirectory: folder, replicate: 1, run: 1, token: "t", fidelity: "emulated" },
    guestImage: { sha256: "", release: "" },
    scenario: {
      name: "made-up",
      sha256: "0".repeat(64),
      factors: {
        mainDriver: { sender: "virtio-bridge", responder: "virtio-bridge" },
        ...{ background: null, load: null, packets: 100, frameBytes: 64, pingRatePps: 1000, neighbour: "permanent" },
        ...{ cpuWindowSeconds: 1, guest: { memoryMiB: 96, vcpus: 1 } },
      },
    },
    ends: { sender: end, responder: end },
  });
  let attempts = 0;
  const measureOnce: typeof rawRun = async ({ owner }) => {
    attempts += 1;
    await requireTenant(owner, { sender: held("b stack"), responder: held("a stack") }, "after");
    throw new Error("not reached");
  };
  await expect(measureRun(spec, () => {}, { measureOnce })).rejects.toThrow("b stack has the sender");
  expect(attempts).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});
