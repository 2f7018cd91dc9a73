import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "vitest";
import { z } from "zod";
import { type Host, type Inventory, inventorySchema } from "../../infra/config/hosts.ts";
import { mainName } from "../../infra/vm/addresses.ts";
import { endpointOn } from "../../lib/endpoints/kinds.ts";
import { checkout, labDir } from "../../lib/paths.ts";
import { type Role, roles } from "../../lib/roles.ts";
import { connectSsh, type SshConnection } from "../../lib/ssh/connect.ts";
import { usageIn } from "../../measure/metrics/cpu-usage.ts";
import { pingRecord } from "../../measure/probes/ping/record.ts";
import type { Manifest } from "../../measure/results/manifest.ts";
import { inspectRun } from "../../measure/results/token.ts";
import { makeTestStack, type TestStack } from "./stack.ts";

const previewSchema = z.object({ steps: z.array(z.object({ op: z.string(), urn: z.string() })) });

/** What a server has that the testbed made; empty when it left nothing behind, but for the number of VFs. */
const leftovers = `virsh -q list --all
cat /sys/class/net/pf0/device/sriov_numvfs
ls -d /sys/class/net/rtt0 /run/netns/rtt-* /run/sriov-rtt /var/lib/sriov-rtt /var/log/libvirt/qemu/rtt-* 2> /dev/null
pgrep -x -a 'tcpdump|mpstat|qemu-system-x86.*' || true`;

/** What a stack says of a run. */
interface StackRun {
  directory: string;
  text: string;
}

/** The emulated servers that are up, with a stack of the real program on them. */
export class Testbed {
  readonly results = mkdtempSync(join(tmpdir(), "lab-results-"));
  readonly stack: TestStack;
  readonly inventory: Inventory;
  readonly #hosts: string;

  private constructor(stack: TestStack, hosts: string) {
    this.stack = stack;
    this.#hosts = hosts;
    this.inventory = inventorySchema.parse(JSON.parse(readFileSync(hosts, "utf8")));
  }

  /** @param hosts the file that describes the servers */
  static async open(stackName: string, hosts = join(labDir, "hosts.json")): Promise<Testbed> {
    return new Testbed(await makeTestStack(stackName), hosts);
  }

  /** The servers, both described in another way. */
  inventoryWith(change: Partial<Host>): Inventory {
    const { hosts } = this.inventory;
    return {
      ...this.inventory,
      hosts: { sender: { ...hosts.sender, ...change }, responder: { ...hosts.responder, ...change } },
    };
  }

  /** A short scenario's configuration. */
  settings(own: Record<string, unknown>): Record<string, unknown> {
    const short = { runs: 1, packets: 50, cpuWindowSeconds: 2, backgroundVms: 0 };
    return { hosts: this.#hosts, resultsDirectory: this.results, ...short, ...own };
  }

  /** Deploys and measures; fails with all that pulumi said. @param timeoutMs where it takes longer than a test's deployments do */
  async up(own: Record<string, unknown>, args: string[] = [], timeoutMs?: number): Promise<StackRun[]> {
    this.stack.configure(this.settings(own));
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    const { all, exitCode } = await this.stack.pulumi(["up", "--yes", "--skip-preview", ...args], limit);
    expect(exitCode, all).toBe(0);
    return this.runs();
  }

  /** What `up` would do to each resource that is not a component. */
  async preview(own: Record<string, unknown>): Promise<{ name: string; op: string }[]> {
    this.stack.configure(this.settings(own));
    const { stdout, all, exitCode } = await this.stack.pulumi(["preview", "--json"]);
    expect(exitCode, all).toBe(0);
    const { steps } = previewSchema.parse(JSON.parse(stdout));
    return steps
      .filter(({ urn }) => /::(command|libvirt):/.test(urn.split("$").at(-1)?.replace(/^/, "::") ?? ""))
      .map(({ op, urn }) => ({ op, name: urn.slice(urn.lastIndexOf("::") + 2) }))
      .filter(({ op }) => !["create-replacement", "delete-replaced"].includes(op));
  }

  /** What the stack says of its runs. */
  async runs(): Promise<StackRun[]> {
    const { stdout } = await this.stack.pulumi(["stack", "output", "--json"]);
    const { runs } = JSON.parse(stdout) as { runs: Record<string, string> };
    return Object.entries(runs).map(([folder, text]) => ({ directory: resolve(checkout, folder), text }));
  }

  async destroy(): Promise<void> {
    const { all, exitCode } = await this.stack.pulumi(["destroy", "--yes", "--skip-preview"]);
    expect(exitCode, all).toBe(0);
  }

  /** Runs a command on both servers, side by side. @param timeoutMs for each of connecting and running */
  onServers(command: string, timeoutMs = 60_000): Promise<string[]> {
    return this.#onBoth((ssh) => ssh.run(command, { timeoutMs }), timeoutMs);
  }

  /** Runs a command on one server. */
  async onServer(role: Role, command: string): Promise<string> {
    return this.#on(role, (ssh) => ssh.run(command));
  }

  /** Runs a command in both Main VMs. */
  inMainVms(command: string): Promise<string[]> {
    return this.#onBoth((ssh) => endpointOn(ssh, "vm", mainName).run(command));
  }

  #onBoth(ask: (ssh: SshConnection) => Promise<string>, timeoutMs = 60_000): Promise<string[]> {
    return Promise.all(roles.map((role) => this.#on(role, ask, timeoutMs)));
  }

  async #on(role: Role, ask: (ssh: SshConnection) => Promise<string>, timeoutMs = 60_000): Promise<string> {
    const ssh = await connectSsh(role, this.inventory.hosts[role], timeoutMs);
    try {
      return (await ask(ssh)).trim();
    } finally {
      ssh.close();
    }
  }

  /** What is left of a testbed on each server: "0", the number of VFs, when it is clean. */
  leftovers(): Promise<string[]> {
    return this.onServers(leftovers);
  }

  /** Takes down what is deployed and removes the stack and its results. */
  async close(): Promise<void> {
    await this.stack.pulumi(["destroy", "--yes", "--skip-preview"]);
    this.forget();
  }

  /** Removes the stack and its results, and leaves the servers as they are: for servers that are thrown away. */
  forget(): void {
    this.stack.remove();
    rmSync(this.results, { recursive: true, force: true });
  }
}

/** The manifest of a run that counts; fails when it does not. */
export function manifestOf(outcome: StackRun | undefined): Manifest {
  const state = inspectRun(outcome?.directory ?? "");
  if ("missing" in state) throw new Error(`${outcome?.directory} does not count: ${state.missing}`);
  return state.manifest;
}

/** Fails unless overhead and response time lie where they must: above 0, below the RTT they are part of. */
export function expectPlausible(manifest: Manifest): void {
  const { metrics, captures, cpu } = pingRecord(manifest);
  const { rttMs, rttOverheadMs, responseTimeMs } = metrics;
  if (!("median" in rttMs && "median" in rttOverheadMs && "median" in responseTimeMs))
    throw new Error(`a metric is unavailable: ${JSON.stringify(metrics)}`);
  expect(manifest.problems).toEqual([]);
  expect(rttOverheadMs.median).toBeGreaterThan(0);
  expect(rttOverheadMs.median).toBeLessThan(rttMs.median);
  expect(responseTimeMs.median).toBeGreaterThan(0);
  expect(responseTimeMs.median).toBeLessThan(rttMs.median);
  for (const role of roles) {
    expect(captures[role].map(({ hop }) => hop)).toEqual(["nic", "virt"]);
    for (const { droppedByKernel } of captures[role]) expect(droppedByKernel).toBe(0);
    expect(usageIn(cpu[role], "during")).toBeGreaterThan(0);
    expect(usageIn(cpu[role], "during")).toBeLessThanOrEqual(100);
  }
}
