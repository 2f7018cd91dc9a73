import { describe, expect, it } from "vitest";
import type { Finding, ServerCheck } from "../../../infra/doctor/check.ts";
import { freeMemory, hugepages } from "../../../infra/doctor/checks/memory.ts";
import { architecture, clock, governor, notItsPeer, root, timeSync } from "../../../infra/doctor/checks/system.ts";
import { type Changes, findingOf, ubuntu, wants } from "./subject.ts";

/** A check, changes of a healthy server, and what is found then. */
type Case = [ServerCheck, Changes, Partial<Finding>];

describe("system", () => {
  it.each<Case>([
    [root, {}, { status: "ok", found: "the user is root" }],
    [
      root,
      { facts: { user: { id: 1000, name: "me" } }, host: { user: "me" } },
      {
        status: "missing",
        mend: `sudo sh -c 'umask 077; mkdir -p /root/.ssh; cat ~me/.ssh/authorized_keys >> /root/.ssh/authorized_keys'; set hosts.sender.user to "root" in .lab/hosts.json`,
      },
    ],
    [notItsPeer, {}, { status: "ok", found: "another one than the responder" }],
    [
      notItsPeer,
      { peerBoot: "5d1c0c9e" },
      {
        status: "missing",
        found: "this is the responder as well: both run since the start 5d1c0c9e",
        mend: "as hosts.sender.address give that of another server",
      },
    ],
    [architecture, {}, { status: "ok", found: "x86_64" }],
    [
      architecture,
      { facts: { machine: "aarch64" } },
      {
        status: "missing",
        found: "aarch64, and the guests are x86-64",
        mend: "as hosts.sender.address give an x86-64 server",
      },
    ],
    [clock, {}, { status: "ok", found: "tsc" }],
    [
      clock,
      { facts: { clock: { source: "hpet", available: ["tsc", "hpet"] } } },
      {
        status: "warning",
        mend: "echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource",
      },
    ],
    [
      clock,
      { facts: { clock: { source: "kvm-clock", available: ["kvm-clock"] } } },
      { status: "warning", mend: "dmesg | grep -i -e tsc -e clocksource  # says why" },
    ],
    [timeSync, {}, { status: "ok", found: "by chronyd" }],
    [timeSync, { facts: { time: { synchronised: true, daemons: [] } } }, { status: "ok", found: "yes" }],
    [
      timeSync,
      { facts: { time: { synchronised: false, daemons: [] } } },
      { status: "warning", mend: "apt-get install chrony" },
    ],
    [
      timeSync,
      { facts: { time: { synchronised: false, daemons: ["chronyd"] } } },
      { status: "warning", mend: "chronyc waitsync 30" },
    ],
    [
      timeSync,
      { facts: { time: { synchronised: false, daemons: ["ptp4l"] } } },
      { status: "warning", mend: "apt-get install chrony" },
    ],
    [governor, {}, { status: "ok", found: "performance" }],
    [governor, { facts: { governors: [] } }, { status: "ok", found: "none: the kernel does not change the frequency" }],
    [
      governor,
      { facts: { governors: ["performance", "schedutil"] } },
      { status: "warning", mend: "cpupower frequency-set -g performance" },
    ],
    [
      governor,
      { facts: { governors: ["powersave"], tools: new Set() } },
      { status: "warning", mend: "apt-get install linux-cpupower && cpupower frequency-set -g performance" },
    ],
    [
      governor,
      { facts: { governors: ["powersave"], tools: new Set(), distribution: ubuntu, kernel: "5.15.0-25-generic" } },
      {
        status: "warning",
        mend: "apt-get install linux-tools-5.15.0-25-generic && cpupower frequency-set -g performance",
      },
    ],
  ])("%o with %j", (check, changes, expected) => {
    expect(findingOf(check, changes)).toMatchObject(expected);
  });
});

describe("memory", () => {
  const little = { facts: { memory: { totalMiB: 2048, availableMiB: 159 } } };
  const mend = "ps -eo rss,args --sort=-rss | head  # says who has it";
  it.each<Case>([
    [freeMemory, {}, { status: "ok", found: "62305 of 64137 MiB" }],
    [
      freeMemory,
      { wanted: wants({ mainDriver: "virtio-bridge", guestMemoryMiB: 1024 }) },
      { status: "ok", found: "62305 of 64137 MiB; the stack's VMs take 1088" },
    ],
    [freeMemory, little, { status: "warning", found: "159 of 2048 MiB, and the smallest Main VM takes 160", mend }],
    [
      freeMemory,
      { ...little, wanted: wants({ mainDriver: "virtio-bridge" }) },
      { status: "warning", found: "159 of 2048 MiB, and the stack's VMs take 192", mend },
    ],
    [
      freeMemory,
      { now: { boot: undefined, freeMiB: 159 }, wanted: wants({ mainDriver: "virtio-bridge" }) },
      { status: "missing", found: expect.stringContaining("and the stack's VMs take 192"), mend },
    ],
    [
      freeMemory,
      { ...little, now: { boot: undefined, freeMiB: 1700 } },
      { status: "ok", found: "1700 of 2048 MiB, what VMs of this testbed have included" },
    ],
    [
      freeMemory,
      { now: { boot: undefined, freeMiB: 159 } },
      {
        status: "warning",
        found: "159 of 64137 MiB, what VMs of this testbed have included, and the smallest Main VM takes 160",
      },
    ],
    [hugepages, {}, { status: "ok", found: "none; guests use none" }],
    [
      hugepages,
      { facts: { hugepages: { total: 512, free: 500, sizeKiB: 2048 } } },
      { status: "ok", found: "500 of 512 free, 2 MiB each; guests use none" },
    ],
  ])("%o with %j", (check, changes, expected) => {
    expect(findingOf(check, changes)).toMatchObject(expected);
  });
});
