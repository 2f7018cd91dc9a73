import { type Check, connection, ok, type ServerCheck, type Subject } from "./check.ts";
import { bridgedFrames } from "./checks/bridged-frames.ts";
import { distribution } from "./checks/distribution.ts";
import { lease } from "./checks/lease.ts";
import { libvirt, machine, qemu, selinux } from "./checks/libvirt.ts";
import { freeMemory, hugepages } from "./checks/memory.ts";
import { nicLimits } from "./checks/nic-limits.ts";
import { link, port } from "./checks/pf.ts";
import { kernelModules, packages } from "./checks/software.ts";
import { stated } from "./checks/stated.ts";
import { architecture, clock, governor, notItsPeer, root, timeSync } from "./checks/system.ts";
import { use } from "./checks/use.ts";
import { vfCount, vfDevice, vfDriver } from "./checks/vf.ts";
import { iommu, kvm } from "./checks/virtualisation.ts";
import { ways } from "./checks/ways.ts";

/** The checks of a server that was reached, in the order in which they are told. */
const checks: readonly ServerCheck[] = [
  distribution,
  ({ host }) => [ok(connection, `${host.hostKey.split(" ")[0]} as configured`)],
  ways,
  root,
  notItsPeer,
  lease,
  use,
  architecture,
  kvm,
  libvirt,
  qemu,
  machine,
  selinux,
  iommu,
  port,
  link,
  bridgedFrames,
  vfCount,
  nicLimits,
  vfDevice,
  vfDriver,
  kernelModules,
  packages,
  clock,
  timeSync,
  governor,
  stated,
  freeMemory,
  hugepages,
];

/** Everything that is checked of a server that was reached. */
export const serverChecks = (subject: Subject): Check[] =>
  checks.flatMap((check) => check(subject)).map((finding) => ({ server: subject.role, ...finding }));
