import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SshTarget } from "../../../lib/ssh/target.ts";
import { type Sshd, startSshd } from "../../support/sshd.ts";

let server: Sshd;
const results = mkdtempSync(join(tmpdir(), "lab-gone-"));
beforeAll(async () => {
  server = await startSshd();
});
afterAll(async () => {
  await server.stop();
  rmSync(results, { recursive: true });
});

const end = (ssh: SshTarget) => ({
  ssh,
  pf: "lo",
  domainType: "kvm",
  vm: { domain: "rtt-main", mac: "52:54:00:9a:01:00", ip: "10.9.1.1", driver: "pci-passthrough" },
  capture: null,
});

/** Runs the program that measures a run, as a stack does, with a server that nobody answers for. */
async function measure(gone: "sender" | "responder") {
  const there = server.target();
  const ends = { sender: end(there), responder: end(there), [gone]: end({ ...there, port: 1 }) };
  const spec = {
    owner: "somebody",
    resultsDirectory: results,
    scenario: {
      name: "gone",
      sha256: "0".repeat(64),
      factors: {
        mainDriver: { sender: "pci-passthrough", responder: "pci-passthrough" },
        ...{ background: null, load: null, packets: 1, frameBytes: 64, pingRatePps: 1000, neighbour: "permanent" },
        ...{ cpuWindowSeconds: 1, guest: { memoryMiB: 96, vcpus: 1 } },
      },
    },
    ...{ replicate: 1, run: 1, token: "t", fidelity: "emulated", guestImage: { sha256: "", release: "" }, ends },
  };
  return execa("node", ["measure/probe/main.ts"], {
    env: { LAB_RUN: JSON.stringify(spec) },
    reject: false,
    timeout: 60_000,
  });
}

it.each(["sender", "responder"] as const)(
  "a run whose %s is gone ends with an error, and no connection to the other keeps it",
  async (gone) => {
    const { stderr, exitCode, timedOut } = await measure(gone);
    expect(stderr).toMatch(new RegExp(`${gone} .*ECONNREFUSED`));
    expect(stderr).toMatch(/attempt 3: /);
    expect({ timedOut, exitCode }).toEqual({ timedOut: false, exitCode: 1 });
  },
  90_000,
);
