import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { assignCores, parseCpuList } from "../../../emulator/hosts/cores.ts";
import { inventoryOf } from "../../../emulator/hosts/inventory.ts";
import { ensureKeys, knownHostsText } from "../../../emulator/hosts/keys.ts";
import { readSettings } from "../../../emulator/hosts/settings.ts";
import { hostSsh, sshArguments } from "../../../emulator/hosts/ssh.ts";
import { requireFreePort } from "../../../emulator/hosts/start.ts";
import { readState, type ServerState, writeState } from "../../../emulator/hosts/state.ts";
import { hostsStatus } from "../../../emulator/hosts/status.ts";

let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "lab-servers-"));
});

afterEach(() => rmSync(cache, { recursive: true }));

const state: ServerState = {
  process: { pid: 1, startTicks: 1, bootId: "an earlier boot" },
  generation: "00112233445566778899aabbccddeeff",
  settings: readSettings({}, {}),
  port: 2201,
  pinnedCore: 0,
  imageKey: "0123456789abcdef",
  startedAt: "2026-01-01T00:00:00.000Z",
  ready: true,
};

it("pins each server's key to its address and port", () => {
  const servers = [
    { address: "127.0.0.1", port: 2201, hostKey: "ssh-ed25519 AAAA" },
    { address: "127.0.0.1", port: 2202, hostKey: "ssh-ed25519 BBBB" },
  ];
  expect(knownHostsText(servers)).toBe("[127.0.0.1]:2201 ssh-ed25519 AAAA\n[127.0.0.1]:2202 ssh-ed25519 BBBB\n");
});

it("makes keys once, private, each another one", async () => {
  const keys = await ensureKeys(cache);
  expect(await ensureKeys(cache)).toEqual(keys);
  expect(new Set([keys.client, keys.hosts.sender, keys.hosts.responder]).size).toBe(3);
  for (const file of [keys.clientFile, keys.hostFiles.sender]) expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(execFileSync("ssh-keygen", ["-y", "-f", keys.clientFile], { encoding: "utf8" })).toContain(keys.client);
});

it("never lets ssh accept a key it does not know", () => {
  const args = sshArguments({ keyFile: "/k/client", knownHostsFile: "/s/known_hosts", port: 2201 }, ["uptime"]);
  expect(args).toContain("StrictHostKeyChecking=yes");
  expect(args).toContain('UserKnownHostsFile="/s/known_hosts"');
  expect(args.slice(-2)).toEqual(["root@127.0.0.1", "uptime"]);
});

it("gives each server a core of its own, or none", () => {
  expect(parseCpuList("0-2,5\n")).toEqual([0, 1, 2, 5]);
  expect(assignCores([0, 1, 2])).toEqual({ sender: 0, responder: 1 });
  expect(assignCores([3])).toEqual({ sender: null, responder: null });
});

it("writes the inventory of two servers", async () => {
  const keys = await ensureKeys(cache);
  const inventory = inventoryOf("/servers", keys, {
    sender: state,
    responder: { ...state, port: 2202, pinnedCore: null },
  });
  expect(inventory).toEqual({
    fidelity: "emulated",
    hosts: {
      sender: {
        address: "127.0.0.1",
        port: 2201,
        user: "root",
        privateKeyFile: join(cache, "keys/client"),
        hostKey: keys.hosts.sender,
        generation: state.generation,
        pfs: [{ name: "pf0", vfs: 7, totalVfs: 7, addressFilters: 24, returnsOwnFrames: true }],
        cpus: 1,
        memoryMiB: 2764,
        pinnedCore: 0,
      },
      responder: expect.objectContaining({ port: 2202, hostKey: keys.hosts.responder, pinnedCore: null }),
    },
  });
});

it("writes where servers in virtual time are told to step, and refuses two clocks", async () => {
  const keys = await ensureKeys(cache);
  const stepping = { ...state, settings: readSettings({ time: "virtual" }, {}) };
  expect(inventoryOf("/servers", keys, { sender: stepping, responder: stepping })).toMatchObject({
    fidelity: "emulated-virtual",
    clock: {
      kind: "virtual",
      sockets: { sender: "/servers/sender/step.sock", responder: "/servers/responder/step.sock" },
      nsPerInstruction: 1,
      wireLatencyNs: 10_000,
    },
  });
  expect(() => inventoryOf("/servers", keys, { sender: stepping, responder: state })).toThrow(
    /run on different clocks \(sender: virtual time, 1 ns an instruction, 10000 ns on the wire; responder: wall time\)/,
  );
});

it("labels servers on this machine's CPU", async () => {
  const keys = await ensureKeys(cache);
  const fast = { ...state, settings: readSettings({ accelerator: "kvm" }, {}) };
  expect(inventoryOf("/servers", keys, { sender: fast, responder: fast }).fidelity).toBe("emulated-kvm");
  expect(() => inventoryOf("/servers", keys, { sender: fast, responder: state })).toThrow(
    /different clocks \(sender: wall time on KVM; responder: wall time\)/,
  );
});

it("tells servers that died from servers that were never started", async () => {
  await writeState(cache, "sender", state);
  expect(await readState(cache, "sender")).toEqual(state);
  const [sender, responder] = await hostsStatus({ cache });
  expect(sender).toMatchObject({ name: "sender", status: "died", port: 2201 });
  expect(responder).toEqual({ name: "responder", status: "down" });
});

it("says which servers there are, and how to start one", async () => {
  await expect(hostSsh("receiver", [], { cache })).rejects.toThrow(
    /receiver: no such server; allowed: sender, responder/,
  );
  await expect(hostSsh("sender", [], { cache })).rejects.toThrow(/sender does not run; start it with/);
});

it("says whose port is taken and which setting chooses another", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  await expect(requireFreePort("responder", port)).rejects.toThrow(
    new RegExp(`responder: port ${port} on 127.0.0.1 is in use .* LAB_EMULATOR_RESPONDER_PORT`),
  );
  other.close();
  await once(other, "close");
  await requireFreePort("responder", port);
});
