import { type Finding, warning } from "./check.ts";
import type { Facts } from "./facts.ts";
import { packageFamily, upgrade } from "./packages.ts";

/** What the oldest system has that servers may run (Ubuntu 22.04; docs/real-servers.md). */
const oldest: Record<string, string> = {
  libvirt: "8.0.0",
  QEMU: "6.2.0",
  iproute2: "5.15.0",
  tcpdump: "4.99.1",
  sysstat: "12.5.2",
  ethtool: "5.16",
  udev: "249",
};

const numbers = (version: string) => version.split(".").map(Number);

/** Whether version `a` is older than `b`; numbers between dots, a missing one is 0. */
export function isOlder(a: string, b: string): boolean {
  const [left, right] = [numbers(a), numbers(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

const isNumbered = (version: string) => /^\d+(\.\d+)*$/.test(version);

/** "ss190107": what iproute2 called its versions before 5.9. */
const isDate = (version: string) => /^ss\d{6}$/.test(version);

/** The oldest systems whose programs are not older. */
const newEnough = { debian: "Debian 12, Ubuntu 22.04", redhat: "RHEL 9, Fedora 36", suse: "openSUSE Leap 15.4" };

/**
 * A warning when a program is older than those that the testbed was written for; else undefined.
 * @param name as in `oldest`
 * @param pack its package in Debian
 */
export function olderThanSupported(facts: Facts, name: string, version: string, pack: string): Finding | undefined {
  const least = oldest[name];
  if (least === undefined || !(isDate(version) || (isNumbered(version) && isOlder(version, least)))) return undefined;
  return warning(
    name,
    `${version} is older than ${least}, the oldest that is supported`,
    `${upgrade(facts, pack)}  # ${newEnough[packageFamily(facts)]} or later have it`,
  );
}
