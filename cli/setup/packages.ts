import { readFileSync } from "node:fs";
import { execa } from "execa";
import { type Distribution, familyOf, installCommand, packagesIn, parseOsRelease } from "../../lib/distributions.ts";
import { LabError } from "../../lib/errors.ts";
import { withLock } from "../../lib/lock.ts";
import type { Progress } from "../../lib/progress.ts";
import { isOnPath } from "./path.ts";

/** The provider rewrites domain definitions with it, on the machine that runs Pulumi. */
export const enginePackages = ["xsltproc"];

/**
 * The oracle that our reader of captures is tested against; an sshd, users that only it has heard of, and login shells for
 * them (test/support/sshd.ts); what network namespaces are furnished with (test/support/namespace.ts); a C compiler for the
 * plugin of QEMU (emulator/virtual-time); a browser that opens the report (test/unit/report/browser.test.ts).
 */
export const testPackages = [
  ...["tshark", "openssh-server", "openssh-client", "libnss-wrapper", "fish", "zsh", "tcsh", "shellcheck"],
  ...["iproute2", "iputils-ping", "util-linux", "nftables", "iptables", "ebtables"],
  ...["gcc", "libc6-dev", "chromium"],
];

/**
 * libvirt's daemon, which providers are led to over ssh (test/support/libvirt-server.ts), what can join one to it, and what the scripts
 * of servers ask it with; a database for the queue of campaigns (test/support/postgres.ts).
 */
export const integrationPackages = [
  ...["libvirt-daemon", "libvirt-daemon-driver-qemu", "libvirt-clients"],
  ...["netcat-openbsd", "procps", "postgresql"],
];

/** A libvirt server on this machine, for the benchmark of fleets; with what a server has to have (infra/scripts). */
export const benchPackages = [
  ...["libvirt-daemon-system", "libvirt-clients", "qemu-system-x86", "openssh-server", "openssh-client", "util-linux"],
  ...["iproute2", "ethtool", "tcpdump", "sysstat", "udev"],
];

/**
 * Which of `names` are not installed, from what `dpkg-query --show --showformat='${db:Status-Status} ${Package}\n'`
 * printed about them (of packages it never heard of it prints nothing).
 */
export function missingPackages(names: readonly string[], shown: string): string[] {
  const installed = new Set(
    shown
      .split("\n")
      .filter((line) => line.startsWith("installed "))
      .map((line) => line.slice(10)),
  );
  return names.filter((name) => !installed.has(name));
}

function readOsRelease(): Distribution {
  try {
    return parseOsRelease(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return parseOsRelease("");
  }
}

/** What to do on a machine without apt-get, in its own words where it is one whose words are known. */
export function noAptGet(names: readonly string[], distribution: Distribution): string {
  const family = familyOf(distribution);
  const then = "then set LAB_SKIP_PACKAGES=1";
  if (family === undefined || family === "debian")
    return `This machine (${distribution.name}) has no apt-get. Install what these Debian packages hold: ${names.join(", ")}; ${then}`;
  const absent = names.filter((name) => packagesIn(family, name).length === 0);
  const there = names.filter((name) => !absent.includes(name));
  return [
    `This machine (${distribution.name}) has no apt-get, by which ./lab installs packages itself.`,
    ...(there.length > 0 ? [`As root: ${installCommand(family, there)}; ${then}.`] : []),
    ...(absent.length > 0
      ? [
          `It has no package of ${absent.join(", ")}: build the images on Debian or a relative of it, and set guestImage.`,
        ]
      : []),
  ].join(" ");
}

async function whatIsMissing(names: readonly string[]): Promise<string[]> {
  const { stdout } = await execa("dpkg-query", ["--show", "--showformat=${db:Status-Status} ${Package}\\n", ...names], {
    reject: false,
  });
  return missingPackages(names, stdout);
}

function asRoot(missing: string[]): string[] {
  if (process.getuid?.() === 0) return [];
  if (isOnPath("sudo")) return process.stdin.isTTY ? ["sudo"] : ["sudo", "--non-interactive"];
  throw new LabError(`system packages are missing: as root, run: apt-get install ${missing.join(" ")}`);
}

async function install(missing: string[]): Promise<void> {
  const [command, ...prefix] = [...asRoot(missing), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  const waitForLock = ["-o", "DPkg::Lock::Timeout=600"];
  const apt = (...args: string[]) =>
    execa(command as string, [...prefix, ...waitForLock, ...args], { reject: false, all: true, stdin: "inherit" });
  const installArgs = ["install", "--yes", "--no-install-recommends", ...missing];

  let result = await apt(...installArgs);
  if (result.failed) {
    // The package lists may be absent (a fresh container) or stale. Whether they are good enough now, install tells.
    await apt("update");
    result = await apt(...installArgs);
  }
  if (result.failed)
    throw new LabError(
      `apt-get could not install ${missing.join(", ")}:\n${result.all.split("\n").slice(-15).join("\n")}\nMend that, or install them by hand, and try again`,
    );
}

/**
 * Sees to it that Debian packages are installed; installs what is missing as root or through sudo.
 * @throws LabError which names what to install when this machine has no apt-get, or when apt-get fails
 */
export async function ensurePackages(names: readonly string[], progress: Progress): Promise<void> {
  if (names.length === 0 || process.env.LAB_SKIP_PACKAGES) return;
  if (!isOnPath("dpkg-query") || !isOnPath("apt-get")) throw new LabError(noAptGet(names, readOsRelease()));
  if ((await whatIsMissing(names)).length === 0) return;
  await withLock("apt-get", { what: "apt-get" }, async () => {
    const missing = await whatIsMissing(names);
    if (missing.length > 0) await progress.step(`installing ${missing.join(", ")}`, () => install(missing));
  });
}
