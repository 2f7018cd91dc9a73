import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diagnosisText } from "../../../cli/doctor/text.ts";
import type { Host, Inventory } from "../../../infra/config/hosts.ts";
import { configSchema } from "../../../infra/config/schema.ts";
import { connection, missing } from "../../../infra/doctor/check.ts";
import { type Case, diagnose } from "../../../infra/doctor/doctor.ts";
import type { Examined } from "../../../infra/doctor/examine.ts";
import { planOf } from "../../../infra/plan/plan.ts";
import { broken, healthy, host } from "./subject.ts";

const golden = (name: string) => join(import.meta.dirname, "data", `${name}.golden.txt`);

const brokenHost: Host = {
  ...host,
  address: "192.0.2.12",
  user: "ubuntu",
  cpus: 16,
  memoryMiB: 65_536,
  pfs: [
    { name: "eno1", vfs: 8 },
    { name: "ens1f0", vfs: 16 },
    { name: "ens9", vfs: 8 },
  ],
};

const inventory: Inventory = { fidelity: "hardware", hosts: { sender: host, responder: brokenHost } };
const onlyHealthy: Inventory = {
  fidelity: "hardware",
  hosts: { sender: host, responder: { ...host, address: "192.0.2.12" } },
};
const source = { file: "servers.json", words: "--hosts servers.json" };
const well: Examined = {
  facts: healthy,
  lease: "free",
  inUse: [],
  now: { boot: "5d1c0c9e", freeMiB: 61_000 },
  ways: [],
};
const ill: Examined = {
  facts: broken,
  lease: { owner: "stack old (elsewhere:/checkout)", since: new Date("2026-01-02T03:04:05Z") },
  inUse: [],
  now: { boot: "77aa01f2", freeMiB: 100 },
  ways: [],
};
const stack = (config: object): NonNullable<Case["stack"]> => ({
  name: "rack",
  tenant: "stack rack (here:/checkout)",
  plan: planOf(configSchema.parse(config)),
});
const checksOf = (diagnosis: ReturnType<typeof diagnose>) => [
  ...diagnosis.servers.sender,
  ...diagnosis.servers.responder,
  ...(diagnosis.stack ?? []),
];

describe("a diagnosis", () => {
  it("of two healthy servers and a stack that fits", async () => {
    const diagnosis = diagnose(
      {
        inventory: onlyHealthy,
        source,
        stack: stack({ mainDriver: "pci-passthrough", backgroundVms: 4, loadType: "cpu" }),
      },
      { sender: well, responder: { ...well, now: { boot: "77aa01f2", freeMiB: 61_000 } } },
    );
    expect(diagnosis.ok).toBe(true);
    expect(new Set(checksOf(diagnosis).map(({ status }) => status))).toEqual(new Set(["ok"]));
    await expect(`${diagnosisText(diagnosis, onlyHealthy.hosts, "rack")}\n`).toMatchFileSnapshot(golden("healthy"));
  });

  it("of a broken server beside a healthy one, and a stack that asks for too much", async () => {
    const diagnosis = diagnose(
      { inventory, source, stack: stack({ mainDriver: "pci-passthrough", backgroundVms: 128 }) },
      { sender: well, responder: ill },
    );
    expect(diagnosis.ok).toBe(false);
    await expect(`${diagnosisText(diagnosis, inventory.hosts, "rack")}\n`).toMatchFileSnapshot(golden("broken"));
  });

  it("of a server that was not reached is one line, and the other server is examined", () => {
    const why = "sender (ssh root@192.0.2.11:22): no connection: Timed out. Is the server up, and is this its address?";
    const diagnosis = diagnose(
      { inventory, source },
      { sender: { failure: missing(connection, why) }, responder: well },
    );
    expect(diagnosis.servers.sender).toEqual([
      { server: "sender", what: "ssh and host key", status: "missing", found: why },
    ]);
    expect(diagnosis.servers.responder.length).toBeGreaterThan(20);
    expect(diagnosis.ok).toBe(false);
    expect(diagnosis).not.toHaveProperty("stack");
  });

  it("checks a stack against what is stated of a server that was not reached, and says so", () => {
    const over = { ...onlyHealthy, hosts: { ...onlyHealthy.hosts, sender: { ...host, memoryMiB: 600 } } };
    const diagnosis = diagnose(
      { inventory: over, source, stack: stack({ mainDriver: "virtio-bridge" }) },
      { sender: { failure: missing(connection, "gone") }, responder: well },
    );
    expect(diagnosis.stack).toEqual([
      {
        server: "both",
        what: "guestMemoryMiB",
        status: "missing",
        found: "128 is more than the sender has (600 MiB, of which it keeps 512)",
        mend: "./lab pulumi config set guestMemoryMiB VALUE --stack rack  # allowed: at most 24",
      },
      {
        server: "both",
        what: "capacity",
        status: "warning",
        found: "the sender was not reached: only what the hosts state of it was checked",
      },
    ]);
  });

  it("says how a stack's own configuration of its hosts is changed", () => {
    const over: Inventory = {
      ...onlyHealthy,
      hosts: { ...onlyHealthy.hosts, sender: { ...host, pfs: [{ name: "ens1f0", vfs: 99 }] } },
    };
    const diagnosis = diagnose(
      { inventory: over, source: { stack: "rack" }, stack: stack({ mainDriver: "virtio-bridge" }) },
      { sender: well, responder: well },
    );
    expect(diagnosis.stack).toEqual([
      {
        server: "both",
        what: "hosts.sender.pfs.0.vfs",
        status: "missing",
        found: "99 VFs of ens1f0 are not allowed",
        mend: "./lab pulumi config set --path 'hosts.hosts.sender.pfs[0].vfs' VALUE --stack rack  # allowed: at most 63",
      },
    ]);
  });

  it("goes by what servers have and not by what is stated of them", () => {
    const modest = { ...onlyHealthy, hosts: { ...onlyHealthy.hosts, sender: { ...host, memoryMiB: 600, cpus: 1 } } };
    const diagnosis = diagnose(
      { inventory: modest, source, stack: stack({ mainDriver: "virtio-bridge", guestCpus: 12 }) },
      { sender: well, responder: well },
    );
    expect(diagnosis.stack?.map(({ status }) => status)).toEqual(["ok"]);
  });

  it("names the server on each line, so that lines can be taken out of it", () => {
    const { servers } = diagnose({ inventory, source }, { sender: well, responder: ill });
    expect(new Set(servers.sender.map(({ server }) => server))).toEqual(new Set(["sender"]));
    expect(new Set(servers.responder.map(({ server }) => server))).toEqual(new Set(["responder"]));
  });

  it("has something that mends all that is missing", () => {
    const { servers } = diagnose({ inventory, source }, { sender: well, responder: ill });
    const unmended = servers.responder.filter(({ status, mend }) => status === "missing" && mend === undefined);
    expect(unmended).toEqual([]);
  });
});
