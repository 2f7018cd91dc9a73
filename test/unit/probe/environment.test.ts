import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { bridgedFramesFunctions } from "../../../lib/bridged-frames.ts";
import { blocksOf } from "../../../lib/facts.ts";
import { checkout } from "../../../lib/paths.ts";
import { environmentOf } from "../../../measure/probe/environment.ts";
import type { End } from "../../../measure/probe/spec.ts";
import { inNamespace } from "../../support/namespace.ts";
import { temporaryFolder } from "../../support/report.ts";

const end = (driver: string): End => ({
  ssh: { address: "192.0.2.1", port: 22, user: "root", privateKeyFile: "/key", hostKey: "ssh-ed25519 AAAA" },
  pf: "pf0",
  domainType: "kvm",
  main: { endpoint: "vm", name: "rtt-main", mac: "52:54:00:00:00:01", ip: "10.0.0.1", driver },
  deployed: { ports: [{ name: "pf0", vfs: 7 }], layers: ["vm-rtt-main"], main: "vm-rtt-main" },
  capture: { nic: "pf", virt: "vnet" },
});

/** A server that measures with this governor and link. */
const conditionsOf = (governor = "performance", speedMbps: number | null = 10_000) => ({
  policy: {
    ...{ cpus: "0-7", governor, leastKhz: "", mostKhz: "", preference: "" },
    ...{ noTurbo: "", boost: "", numaBalancing: "0" },
  },
  ports: [{ name: "pf0", vfs: 7, carrier: true, speedMbps, duplex: "full", linkChanges: 1 }],
});
const conditions = { sender: conditionsOf(), responder: conditionsOf() };

/** The sender's environment, of a run with this driver and what the server said of its packet filter. */
function senderOf(driver: string, bridgedFrames?: string) {
  const facts = { kernel: "6.12", ...(bridgedFrames !== undefined && { "bridged-frames": bridgedFrames }) };
  const role = { before: facts, after: {} };
  const environment = environmentOf(
    {
      fidelity: "hardware",
      guestImage: { sha256: "0", release: "6.12" },
      ends: { sender: end(driver), responder: end(driver) },
    },
    { facts: { sender: role, responder: role }, conditions },
  );
  return environment.sender;
}

const chain =
  "kind=chain source=nft family=ip table=filter name=FORWARD hook=forward policy=accept rules=7 drops=0 passes=0";

describe("a run's environment", () => {
  it("names what stands in the path of bridged frames, and not how many rules it has", () => {
    const expected = { bridgedFrames: ["br_netfilter", "ip filter FORWARD"] };
    expect(senderOf("virtio-bridge", `kind=calls ip=1\n${chain}`)).toMatchObject(expected);
    const more = senderOf("virtio-bridge", `kind=calls ip=1\n${chain.replace("rules=7", "rules=8")}`);
    expect(more).toMatchObject(expected);
  });

  it("is what it always was where nothing stands there, and where the VM is on no bridge", () => {
    const quiet = senderOf("virtio-bridge");
    expect(quiet).not.toHaveProperty("bridgedFrames");
    expect(senderOf("virtio-bridge", `kind=calls ip=0\n${chain}`)).toEqual(quiet);
    expect(senderOf("pci-passthrough", `kind=calls ip=1\n${chain}`)).toEqual(quiet);
  });
});

describe("the environment of servers that share a clock", () => {
  const sockets = { sender: "/tmp/1/step.sock", responder: "/tmp/2/step.sock" };
  const clock = { kind: "virtual" as const, sockets, nsPerInstruction: 1, wireLatencyNs: 10_000 };
  const spec = {
    ...{ fidelity: "emulated-virtual" as const, guestImage: { sha256: "0", release: "6.12" } },
    ends: { sender: end("pci-passthrough"), responder: end("pci-passthrough") },
  };
  const raw = { facts: { sender: { before: {}, after: {} }, responder: { before: {}, after: {} } }, conditions };

  it("has no state of CPUs and cables, which are emulated, as that of real servers has", () => {
    const real = { ...spec, fidelity: "hardware" as const };
    const environmentIn = (state: typeof conditions, on = real) => environmentOf(on, { ...raw, conditions: state });
    const slow = { ...conditions, sender: conditionsOf("powersave") };
    const slowLink = { ...conditions, responder: conditionsOf("performance", 1000) };
    expect(environmentIn(conditions)).toMatchObject({
      sender: { state: { governor: "performance", numaBalancing: "0", linkMbps: 10_000, duplex: "full" } },
    });
    expect(environmentIn(conditions)).toEqual(environmentIn({ sender: conditionsOf(), responder: conditionsOf() }));
    for (const other of [slow, slowLink]) {
      expect(environmentIn(other)).not.toEqual(environmentIn(conditions));
      expect(environmentOf(spec, { ...raw, conditions: other })).toEqual(environmentOf(spec, raw));
    }
  });

  it("names what decides how long things take on it, and not where it is told to step", () => {
    const environment = environmentOf({ ...spec, clock }, raw);
    expect(environment.clock).toEqual({ kind: "virtual", nsPerInstruction: 1, wireLatencyNs: 10_000 });
    expect(environmentOf({ ...spec, clock: { ...clock, nsPerInstruction: 2 } }, raw)).not.toEqual(environment);
    expect(environmentOf(spec, raw)).not.toHaveProperty("clock");
  });
});

const factsScript = readFileSync(join(checkout, "measure/probe/scripts/facts.sh"), "utf8");

describe("facts.sh of a run", () => {
  const factsOf = async (port: string) => {
    const text = `WHEN=after PF=pf0 INTERFACES= BACKGROUND=\n${bridgedFramesFunctions}\n${factsScript}`;
    const said = await inNamespace(
      `[ -d /proc/sys/net/bridge ] || modprobe br_netfilter
       ip link add rtt0 type bridge; ip link add pf0 type veth peer name peer; ${port}
       echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables; iptables-nft -A FORWARD -i docker0 -j ACCEPT
       sh -c "$SCRIPT"`,
      { SCRIPT: text },
    );
    return blocksOf(said);
  };

  it("tells what stands in the path of the frames of the PF's bridge", async () => {
    expect((await factsOf("ip link set pf0 master rtt0")).get("bridged-frames")).toBe(
      `kind=calls ip=1\n${chain.replace("rules=7", "rules=1")}`,
    );
  });

  it("says nothing of bridges where the PF is in none", async () => {
    const facts = await factsOf(":");
    expect(facts.get("vfs")).toContain("pf0");
    expect(facts.has("bridged-frames")).toBe(false);
  });

  it("tells versions once a deployment: again when its Main endpoint is another, and each time where none is known", async () => {
    using folder = temporaryFolder();
    const run = folder.path;
    const script = `endpoint_facts() { :; }\n${bridgedFramesFunctions}\n${factsScript}`;
    const variables = { WHEN: "before", RUN: run, MAIN: "vm-rtt-main", PF: "lo", INTERFACES: "", BACKGROUND: "" };
    const kernelNow = async () =>
      blocksOf((await execa("sh", ["-c", script], { env: variables, reject: false })).stdout).get("kernel");
    const release = await kernelNow();
    expect(release).toMatch(/^\d+\.\d+/);
    expect(existsSync(join(run, "versions"))).toBe(false);

    writeFileSync(join(run, "vm-rtt-main"), "token-1\nprocess=1\n");
    expect(await kernelNow()).toBe(release);
    const kept = readFileSync(join(run, "versions"), "utf8");
    expect(kept.startsWith("token-1\n@@kernel\n")).toBe(true);
    writeFileSync(join(run, "versions"), kept.replace(String(release), "kept"));
    expect(await kernelNow()).toBe("kept");

    writeFileSync(join(run, "vm-rtt-main"), "token-2\nprocess=2\n");
    expect(await kernelNow()).toBe(release);
  });
});
