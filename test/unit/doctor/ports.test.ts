import { describe, expect, it } from "vitest";
import type { Finding, ServerCheck } from "../../../infra/doctor/check.ts";
import { link, port } from "../../../infra/doctor/checks/pf.ts";
import { vfCount, vfDevice, vfDriver } from "../../../infra/doctor/checks/vf.ts";
import { guestDriverOf } from "../../../infra/doctor/vf-drivers.ts";
import { type Changes, findingOf, subject, wants } from "./subject.ts";

type Case = [ServerCheck, Changes, Partial<Finding>];

const giveName = "as hosts.sender.pfs.0.name give the port that is connected to the other server";
const otherEnd = "that enp9s0 of the responder is at its other end, only a run can tell";
const asksFor = (vfs: number) => ({ pfs: [{ name: "ens1f0", vfs }] });

describe("a port", () => {
  it.each<Case>([
    [
      port,
      {},
      {
        what: "PF ens1f0",
        status: "ok",
        found: "0000:3b:00.0, driver ixgbe 6.1.0-28-amd64 firmware 0x800003df",
      },
    ],
    [
      port,
      { host: { pfs: [{ name: "ens9", vfs: 1 }] } },
      {
        what: "PF ens9",
        status: "missing",
        found: "there is no such interface; there are: eno1, ens1f0, ens1f1, lo",
        mend: giveName,
      },
    ],
    [
      port,
      { pf: { pci: undefined, driver: undefined } },
      { status: "missing", found: "is no device of its own but a virtual interface", mend: giveName },
    ],
    [link, {}, { status: "ok", found: `up, 10000 Mbit/s; ${otherEnd}` }],
    [link, { pf: { speedMbps: undefined } }, { status: "ok", found: `up; ${otherEnd}` }],
    [
      link,
      { pf: { up: false, carrier: undefined } },
      { status: "warning", mend: "ip link set dev ens1f0 up  # and on the responder: ip link set dev enp9s0 up" },
    ],
    [
      link,
      { pf: { carrier: false } },
      {
        status: "missing",
        found: "no link",
        mend: "ip link set dev enp9s0 up  # on the responder; then look at the cable from port to port",
      },
    ],
  ])("%o with %j", (check, changes, expected) => {
    expect(findingOf(check, changes)).toMatchObject(expected);
  });

  it("that is not there is told once", () => {
    const absent = subject({ host: { pfs: [{ name: "ens9", vfs: 1 }] } });
    expect([link, vfCount, vfDevice, vfDriver].flatMap((check) => check(absent))).toEqual([]);
  });
});

describe("virtual functions", () => {
  it.each<Case>([
    [vfCount, {}, { status: "ok", found: "8 asked for, 0 there, 63 at most" }],
    [vfCount, { host: asksFor(0) }, { status: "ok", found: "none asked for; it can have 63" }],
    [
      vfCount,
      { host: asksFor(64) },
      {
        status: "missing",
        found: "64 asked for; it can have 63 at most",
        mend: "set hosts.sender.pfs.0.vfs to 63 in .lab/hosts.json",
      },
    ],
    [
      vfCount,
      { pf: { totalVfs: undefined } },
      {
        status: "missing",
        found: "8 asked for, and the card or its driver offers no SR-IOV",
        mend: "systemctl reboot --firmware-setup  # turn on SR-IOV there; or set hosts.sender.pfs.0.vfs to 0 in .lab/hosts.json",
      },
    ],
    [
      vfCount,
      { pf: { totalVfs: 0, driver: "mlx5_core" }, source: { stack: "rack" } },
      {
        status: "missing",
        found: "8 asked for, and SR-IOV is off in the card (sriov_totalvfs 0)",
        mend: "mlxconfig -d 0000:3b:00.0 set SRIOV_EN=1 NUM_OF_VFS=8 && reboot; or ./lab pulumi config set --path 'hosts.hosts.sender.pfs[0].vfs' 0 --stack rack",
      },
    ],
    [vfDevice, {}, { status: "ok", found: "8086:1515 (X540); guests drive it with ixgbevf" }],
    [vfDevice, { pf: { vfDevice: undefined } }, { status: "warning", mend: "lspci -nn -s 0000:3b:00.0" }],
    [
      vfDevice,
      { pf: { vfDevice: "15b3:1018" } },
      {
        status: "warning",
        found: "15b3:1018: guests have no driver for it (only igbvf, ixgbevf, iavf), and pci-passthrough needs one",
        mend: "./lab pulumi config set mainDriver macvtap-passthrough --stack STACK",
      },
    ],
    [
      vfDevice,
      { pf: { vfDevice: "15b3:1018" }, wanted: wants({ mainDriver: "macvtap-passthrough" }) },
      { status: "warning" },
    ],
    [
      vfDevice,
      { pf: { vfDevice: "15b3:1018" }, wanted: wants({ mainDriver: "pci-passthrough" }) },
      { status: "missing", mend: "./lab pulumi config set mainDriver macvtap-passthrough --stack rack" },
    ],
    [
      vfDevice,
      {
        pf: { vfDevice: "15b3:1018" },
        wanted: wants({ mainDriver: "virtio-bridge", backgroundVms: 1, backgroundDriver: "pci-passthrough" }),
      },
      { status: "missing", mend: "./lab pulumi config set backgroundDriver macvtap-passthrough --stack rack" },
    ],
    [vfDriver, {}, { status: "ok", found: "ixgbevf on the server" }],
    [
      vfDriver,
      { pf: { vfModules: [] } },
      { status: "warning", mend: "apt-get install linux-image-amd64 && reboot  # into that kernel" },
    ],
    [
      vfDriver,
      { pf: { vfModules: [] }, wanted: wants({ mainDriver: "pci-passthrough" }) },
      { status: "ok", found: "none on the server; under pci-passthrough the guest has its own" },
    ],
    [vfDriver, { pf: { vfModules: [] }, wanted: wants({ mainDriver: "macvtap-passthrough" }) }, { status: "missing" }],
    [vfDriver, { pf: { vfModules: [] }, facts: { kernelModulesThere: false } }, { mend: "reboot" }],
  ])("%o with %j", (check, changes, expected) => {
    expect(findingOf(check, changes)).toMatchObject(expected);
  });

  it("need no driver where a stack has its VMs on bridges, or no VFs are asked for", () => {
    const onBridge = subject({ wanted: wants({ mainDriver: "virtio-bridge" }) });
    expect([...vfDevice(onBridge), ...vfDriver(onBridge)]).toEqual([]);
    const none = subject({ host: asksFor(0) });
    expect([...vfDevice(none), ...vfDriver(none)]).toEqual([]);
  });

  it("are known by their IDs", () => {
    expect(guestDriverOf("8086:10ca")).toEqual({ driver: "igbvf", card: "82576" });
    expect(guestDriverOf("8086:154c")).toMatchObject({ driver: "iavf" });
    expect(guestDriverOf("8086:ffff")).toBeUndefined();
    expect(guestDriverOf("15b3:1515")).toBeUndefined();
  });
});
