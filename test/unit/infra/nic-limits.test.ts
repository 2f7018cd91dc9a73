import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inventorySchema } from "../../../infra/config/hosts.ts";
import { configSchema } from "../../../infra/config/schema.ts";
import { type NicLimits, nicProblems, parseNicLimits, portProblems } from "../../../infra/plan/nic-limits.ts";
import { vfPciAddress } from "../../../infra/plan/placement.ts";
import { planOf } from "../../../infra/plan/plan.ts";
import { nicLimitsFunctions, type Preflight, parsePreflight, preflightProblems } from "../../../infra/preflight.ts";
import { problemLine } from "../../../study/problem.ts";

const unlimited: NicLimits = {
  pci: "0000:03:00.0",
  eswitch: "legacy",
  vfVectors: undefined,
  hasVfMemory: true,
  lastBus: undefined,
  offset: 128,
  stride: 2,
  sharedGroups: new Map(),
};
const port = { name: "pf0", vfs: 63 };

describe("a port's limits", () => {
  it.each<[Partial<NicLimits>, RegExp[]]>([
    [{}, []],
    [{ vfVectors: 63 }, []],
    [{ vfVectors: 32 }, [/^hosts.sender.pfs.0.vfs: 63 VFs of pf0 .* it has 32 for them; allowed: at most 32$/]],
    [
      { hasVfMemory: false },
      [/^hosts.sender.pfs.0.vfs: 63 VFs of pf0 have no place in memory.*; allowed: 0, or .*pci=realloc/],
    ],
    [
      { eswitch: "switchdev" as const },
      [/^hosts.sender.pfs.0.name: pf0 is in switchdev mode.*eswitch set pci\/0000:03:00.0 mode legacy/],
    ],
    [{ lastBus: 4 }, []],
    [{ lastBus: 3 }, [/^hosts.sender.pfs.0.vfs: 63 VFs .* \(3\); allowed: at most 60, or ARI/]],
  ])("%j", (change, expected) => {
    // Bus 3 ends with routing ID 0x03ff: the last VF there is number (0xff - 128) / 2.
    const limits = { ...unlimited, offset: change.lastBus === undefined ? 128 : 136, ...change };
    const problems = portProblems("sender", 0, port, limits).map(problemLine);
    expect(problems).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });

  it("are none for a port without VFs", () => {
    expect(portProblems("sender", 0, { ...port, vfs: 0 }, { ...unlimited, eswitch: "switchdev" })).toEqual([]);
  });

  it("allow just as many VFs as lie on the buses behind its bridge", () => {
    const numbers = { offset: fc.integer({ min: 1, max: 300 }), stride: fc.integer({ min: 1, max: 8 }) };
    fc.assert(
      fc.property(fc.record({ ...numbers, lastBus: fc.integer({ min: 3, max: 8 }) }), (change) => {
        const limits = { ...unlimited, ...change };
        const vfs = 256;
        const [problem] = portProblems("sender", 0, { ...port, vfs }, limits);
        const most = problem === undefined ? vfs : Number(/at most (\d+)/.exec(problem.allowed)?.[1]);
        const bus = (vf: number) =>
          Number.parseInt(vfPciAddress(limits.pci, limits.offset, limits.stride, vf).slice(5, 7), 16);
        for (let vf = 0; vf < vfs; vf += 1) expect(bus(vf) <= limits.lastBus).toBe(vf < most);
      }),
    );
  });
});

const host = {
  address: "192.0.2.1",
  privateKeyFile: "/key",
  hostKey: "ssh-ed25519 AAAA",
  pfs: [{ name: "pf0", vfs: 7 }],
};
const inventory = inventorySchema.parse({
  fidelity: "hardware",
  hosts: { sender: host, responder: { ...host, address: "192.0.2.2" } },
});
const planFor = (config: object) => planOf(configSchema.parse({ hosts: "hosts.json", ...config }));
const clear: Preflight = {
  limits: new Map([["pf0", unlimited]]),
  bridgedFrames: { calls: false, chains: [], unread: [] },
};

describe("what a scenario is refused for before anything is declared", () => {
  const shared = {
    ...clear,
    limits: new Map([["pf0", { ...unlimited, sharedGroups: new Map([[2, ["0000:03:00.1"]]]) }]]),
  };
  const problems = (config: object, sender: Preflight) =>
    preflightProblems(inventory, planFor(config), { sender, responder: clear }).map(problemLine);

  it("is a VF that is not alone in its IOMMU group, where a VM is to have that one handed over", () => {
    expect(problems({ mainDriver: "pci-passthrough" }, shared)).toEqual([]);
    const background = { mainDriver: "virtio-bridge", backgroundDriver: "pci-passthrough", backgroundVms: 3 };
    expect(problems({ ...background, loadLocation: "sender" }, shared)).toEqual([
      "backgroundDriver: pci-passthrough is not allowed at the sender: VF 2 of pf0 shares its IOMMU group with 0000:03:00.1, and only a whole group can be handed to a VM; allowed: another driver, or a slot or firmware with PCIe ACS",
    ]);
    expect(problems({ ...background, backgroundDriver: "macvtap-passthrough" }, shared)).toEqual([]);
    expect(problems({ ...background, backgroundVms: 1 }, shared)).toEqual([]);
  });

  it("is left to the capacity of a server where there are too few VFs", () => {
    const plan = planFor({ mainDriver: "virtio-bridge", backgroundDriver: "pci-passthrough", backgroundVms: 30 });
    expect(nicProblems("sender", { ...inventory.hosts.sender }, plan.sender, shared.limits)).toEqual([]);
  });

  it("is a packet filter that drops what the bridge forwards, where a VM is on the bridge", () => {
    const text =
      "@@bridged-frames\nkind=calls ip=1\nkind=chain source=nft family=ip table=filter name=FORWARD hook=forward policy=drop rules=4 drops=0 passes=0\n@@nic-limits\n";
    const docker = parsePreflight(text);
    expect(problems({ mainDriver: "virtio-bridge" }, docker)).toEqual([
      "mainDriver: virtio-bridge at the sender would lose every frame: the server's ip filter FORWARD drops what it has no rule for (Docker, Kubernetes and firewalls do this to bridges); allowed: a driver on a VF, or a rule of your own there (iptables -I FORWARD -i rtt0 -o rtt0 -j ACCEPT)",
    ]);
    expect(problems({ mainDriver: "pci-passthrough" }, docker)).toEqual([]);
    expect(problems({ mainDriver: "virtio-bridge" }, parsePreflight(text.replace("passes=0", "passes=1")))).toEqual([]);
    expect(problems({ mainDriver: "virtio-bridge" }, clear)).toEqual([]);
  });

  it("is never guessed: a server that does not tell is an error", () => {
    expect(() => parsePreflight("sh: not found")).toThrow(/did not tell/);
  });
});

describe("nic-limits.sh, on a made-up server", () => {
  let root: string;
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${text}\n`);
  };
  const link = (path: string, target: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(join(root, target), join(root, path));
  };
  const pf = "sys/devices/pci0000:00/0000:00:01.0/0000:03:00.0";
  const limits = () => {
    const text = execFileSync("sh", ["-euc", `${nicLimitsFunctions}\nnic_limits pf0`], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, LAB_ROOT: root },
    });
    return parseNicLimits(text).get("pf0");
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "lab-nic-"));
    write(`${pf}/sriov_totalvfs`, "8");
    write(`${pf}/sriov_offset`, "128");
    write(`${pf}/sriov_stride`, "2");
    const none = "0x0000000000000000 0x0000000000000000 0x0000000000000000";
    const bar = "0x00000000fe000000 0x00000000fe01ffff 0x0000000000140204";
    write(`${pf}/resource`, [bar, ...Array(6).fill(none), bar, ...Array(5).fill(none)].join("\n"));
    write("sys/devices/pci0000:00/0000:00:01.0/subordinate_bus_number", "4");
    link("sys/class/net/pf0/device", pf);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const vf = (number: number, group: number) => {
    const device = `sys/devices/pci0000:00/0000:00:01.0/0000:03:10.${2 * number}`;
    write(`${device}/class`, "0x020000");
    link(`${pf}/virtfn${number}`, device);
    mkdirSync(join(root, `sys/kernel/iommu_groups/${group}/devices`), { recursive: true });
    link(`${device}/iommu_group`, `sys/kernel/iommu_groups/${group}`);
    link(`sys/kernel/iommu_groups/${group}/devices/0000:03:10.${2 * number}`, device);
  };

  it("tells of a NIC without limits", () => {
    vf(0, 11);
    vf(1, 12);
    expect(limits()).toEqual({ ...unlimited, lastBus: 4 });
  });

  it("tells what shares a VF's group, but for bridges, which stay with the server", () => {
    vf(0, 11);
    vf(1, 12);
    vf(2, 12);
    write("sys/devices/pci0000:00/0000:00:01.0/class", "0x060400");
    link("sys/kernel/iommu_groups/11/devices/0000:00:01.0", "sys/devices/pci0000:00/0000:00:01.0");
    expect(limits()?.sharedGroups).toEqual(
      new Map([
        [1, ["0000:03:10.4"]],
        [2, ["0000:03:10.2"]],
      ]),
    );
  });

  it("tells the vectors of all VFs where the driver does, and that they have no memory", () => {
    // The kernel writes 0 where a driver does not hand vectors out (Documentation/ABI/testing/sysfs-bus-pci).
    write(`${pf}/sriov_vf_total_msix`, "0");
    expect(limits()).toMatchObject({ vfVectors: undefined });
    write(`${pf}/sriov_vf_total_msix`, "1024");
    write(`${pf}/resource`, Array(13).fill("0x0000000000000000 0x0000000000000000 0x0000000000000000").join("\n"));
    expect(limits()).toMatchObject({ vfVectors: 1024, hasVfMemory: false });
  });

  it("knows switchdev mode by the ports of the NIC's switch", () => {
    write("sys/class/net/pf0/phys_switch_id", "e8eaa2");
    write("sys/class/net/rep0/phys_switch_id", "ffff");
    write("sys/class/net/rep0/phys_port_name", "pf0vf0");
    expect(limits()?.eswitch).toBe("legacy");
    write("sys/class/net/rep0/phys_switch_id", "e8eaa2");
    expect(limits()?.eswitch).toBe("switchdev");
  });

  it("has nothing to tell of an interface without SR-IOV", () => {
    rmSync(join(root, pf, "sriov_totalvfs"));
    expect(limits()).toBeUndefined();
  });
});
