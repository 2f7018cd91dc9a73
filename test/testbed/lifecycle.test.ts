import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Inventory, inventorySchema, roles } from "../../infra/config/hosts.ts";
import { labDir } from "../../lib/paths.ts";
import { connectSsh } from "../../lib/ssh.ts";
import type { RunOutcome } from "../../measure/probe/measure.ts";
import { type Manifest, manifestSchema } from "../../measure/results/manifest.ts";
import { inspectRun } from "../../measure/results/token.ts";
import { makeTestStack, type TestStack } from "../support/stack.ts";

let inventory: Inventory;
let stack: TestStack;
let rival: TestStack;
const results = mkdtempSync(join(tmpdir(), "lab-results-"));

const settings = (own: Record<string, unknown>) => ({
  hosts: join(labDir, "hosts.json"),
  resultsDirectory: results,
  runs: 1,
  packets: 50,
  cpuWindowSeconds: 2,
  ...own,
});

beforeAll(async () => {
  inventory = inventorySchema.parse(JSON.parse(readFileSync(join(labDir, "hosts.json"), "utf8")));
  stack = await makeTestStack("testbed");
  rival = await makeTestStack("rival");
});

afterAll(async () => {
  await stack?.pulumi(["destroy", "--yes", "--skip-preview"]);
  for (const one of [stack, rival]) one?.remove();
  rmSync(results, { recursive: true, force: true });
});

/** Runs a command on both servers. */
const onServers = (command: string) =>
  Promise.all(
    roles.map(async (role) => {
      const ssh = await connectSsh(role, inventory.hosts[role]);
      try {
        return (await ssh.run(command)).trim();
      } finally {
        ssh.close();
      }
    }),
  );

async function up(own: Record<string, unknown>, args: string[] = []): Promise<RunOutcome[]> {
  stack.configure(settings(own));
  const { all, exitCode } = await stack.pulumi(["up", "--yes", "--skip-preview", ...args]);
  expect(exitCode, all).toBe(0);
  const { stdout } = await stack.pulumi(["stack", "output", "--json"]);
  return (JSON.parse(stdout) as { runs: RunOutcome[] }).runs;
}

function manifestOf(outcome: RunOutcome | undefined): Manifest {
  const folder = outcome?.directory ?? "";
  expect(inspectRun(folder)).toHaveProperty("manifest");
  return manifestSchema.parse(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")));
}

const marks = () => onServers("cat /run/sriov-rtt/nic-* /run/sriov-rtt/bridge-*");
let bridgeRun: string;

describe("a testbed, from deployment to teardown", () => {
  it("deploys the bridge scenario and measures it", async () => {
    const [outcome] = await up({ mainDriver: "virtio-bridge" });
    const { metrics, captures, ping, cpu, problems } = manifestOf(outcome);
    expect(problems).toEqual([]);
    expect(ping.transmitted).toBe(50);
    for (const role of roles) {
      expect(captures[role].map(({ hop }) => hop)).toEqual(["nic", "virt"]);
      for (const { droppedByKernel } of captures[role]) expect(droppedByKernel).toBe(0);
      expect(cpu[role].during).toBeGreaterThan(0);
      expect(cpu[role].during).toBeLessThanOrEqual(100);
    }
    const { rttMs, rttOverheadMs, responseTimeMs } = metrics;
    if (!("median" in rttMs && "median" in rttOverheadMs && "median" in responseTimeMs))
      throw new Error(`a metric is unavailable: ${JSON.stringify(metrics)}`);
    expect(rttOverheadMs.median).toBeGreaterThan(0);
    expect(rttOverheadMs.median).toBeLessThan(rttMs.median);
    expect(responseTimeMs.median).toBeGreaterThan(0);
    expect(responseTimeMs.median).toBeLessThan(rttMs.median - rttOverheadMs.median);
    bridgeRun = outcome?.directory ?? "";
  });

  it("changes nothing when nothing has changed", async () => {
    await up({ mainDriver: "virtio-bridge" }, ["--expect-no-changes"]);
  });

  it("is refused to a second stack, which is told who has it", async () => {
    rival.configure(settings({ mainDriver: "pci-passthrough" }));
    const { all, exitCode } = await rival.pulumi(["up", "--yes", "--skip-preview"]);
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(/in use by stack testbed .* since 20\d\d-/);
  });

  it("measures spoilt data again, keeps what was there, and touches no VM", async () => {
    const before = await onServers("virsh -q list --all; cat /run/libvirt/qemu/rtt-main.pid");
    appendFileSync(join(bridgeRun, "ping.txt"), "spoilt\n");
    const [outcome] = await up({ mainDriver: "virtio-bridge" });
    expect(outcome).toMatchObject({ measured: true, directory: bridgeRun });
    const kept = readdirSync(join(bridgeRun, "..")).find((name) => name.startsWith("spoilt_"));
    expect(readFileSync(join(bridgeRun, "..", kept ?? "", "ping.txt"), "utf8")).toMatch(/spoilt\n$/);
    expect(await onServers("virsh -q list --all; cat /run/libvirt/qemu/rtt-main.pid")).toEqual(before);
  });

  it("changes the driver without touching NIC and bridge", async () => {
    const before = await marks();
    const [outcome] = await up({ mainDriver: "pci-passthrough" });
    const { metrics, files } = manifestOf(outcome);
    expect(metrics.rttMs).toHaveProperty("median");
    for (const metric of [metrics.rttOverheadMs, metrics.responseTimeMs])
      expect(metric).toEqual({ unavailable: expect.stringMatching(/bypass the host kernel/) });
    expect(Object.keys(files).filter((name) => name.endsWith(".pcap"))).toEqual([]);
    expect(await marks()).toEqual(before);
  });

  it("heals a VM that vanished behind its back, and keeps the run that counts", async () => {
    const { stdout } = await stack.pulumi(["stack", "output", "--json"]);
    await onServers("virsh -q destroy rtt-main; virsh -q undefine rtt-main");
    expect(await up({ mainDriver: "pci-passthrough" })).toEqual((JSON.parse(stdout) as { runs: RunOutcome[] }).runs);
    expect(await onServers("virsh -q domstate rtt-main")).toEqual(["running", "running"]);
  });

  it("leaves nothing behind", async () => {
    const { all, exitCode } = await stack.pulumi(["destroy", "--yes", "--skip-preview"]);
    expect(exitCode, all).toBe(0);
    const left = await onServers(
      `virsh -q list --all
cat /sys/class/net/pf0/device/sriov_numvfs
ls -d /sys/class/net/rtt0 /run/sriov-rtt /var/lib/sriov-rtt /var/log/libvirt/qemu/rtt-* 2> /dev/null
pgrep -x -a 'tcpdump|mpstat|qemu-system-x86.*' || true`,
    );
    expect(left).toEqual(["0", "0"]);
    expect(existsSync(join(bridgeRun, "manifest.json"))).toBe(true);
  });
});
