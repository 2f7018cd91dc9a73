import { describe, expect, it } from "vitest";
import { distribution } from "../../../infra/doctor/checks/distribution.ts";
import { kernelModules, packages } from "../../../infra/doctor/checks/software.ts";
import { governor, timeSync } from "../../../infra/doctor/checks/system.ts";
import { serverChecks } from "../../../infra/doctor/server-checks.ts";
import { familyOf, parseOsRelease } from "../../../lib/distributions.ts";
import { type Changes, distributions, findingOf, healthy, subject, ubuntu } from "./subject.ts";

describe("the first line of a server", () => {
  it.each([
    [healthy.distribution, "ok", "Debian GNU/Linux 12 (bookworm)"],
    [{ ...healthy.distribution, version: undefined, name: "Debian GNU/Linux trixie/sid" }, "ok", /sid$/],
    [
      { ...healthy.distribution, version: "11", name: "Debian 11" },
      "warning",
      "Debian 11 is not supported: older than 12",
    ],
    [ubuntu, "ok", "Ubuntu 22.04.5 LTS"],
    [distributions.mint, "warning", /^Linux Mint 22 is not supported: nobody .*Debian's words$/],
    [distributions.rhel, "warning", /\(Plow\) is not supported: nobody has run .*Fedora's and RHEL's words$/],
    [distributions.leap, "warning", /^openSUSE Leap 15.6 is not supported: nobody .*openSUSE's words$/],
    [distributions.arch, "warning", /^Arch Linux is not supported: nothing is known of its packages; .*Debian's/],
  ])("%o: %s", (system, status, found) => {
    const finding = findingOf(distribution, { facts: { distribution: system } });
    expect(finding.status).toBe(status);
    expect(finding.found).toMatch(found);
    expect(serverChecks(subject({ facts: { distribution: system } }))[0]).toMatchObject({ what: "distribution" });
  });
});

describe("a system", () => {
  it("is read from os-release, quoted or not, and belongs to the family it is derived from", () => {
    const rocky =
      'NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\nPRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"\n';
    expect(parseOsRelease(rocky)).toEqual(distributions.rocky);
    expect(parseOsRelease("ID=arch\nPRETTY_NAME='Arch Linux'\n")).toEqual(distributions.arch);
    expect(parseOsRelease("")).toEqual({ id: "unknown", like: [], version: undefined, name: "unknown" });
  });

  it.each([
    ["debian", healthy.distribution],
    ["debian", ubuntu],
    ["debian", distributions.mint],
    ["redhat", distributions.rhel],
    ["redhat", distributions.rocky],
    ["redhat", distributions.fedora],
    ["suse", distributions.leap],
    ["suse", { id: "sles", like: ["suse"] }],
    ["suse", { id: "opensuse-tumbleweed", like: ["opensuse", "suse"] }],
    [undefined, distributions.arch],
  ])("is of family %s: %o", (family, system) => {
    expect(familyOf(system)).toBe(family);
  });
});

/** All advice of checks that name packages, on a server that lacks everything. */
function adviceOn(system: (typeof distributions)[keyof typeof distributions]): string[] {
  const changes: Changes = {
    facts: {
      distribution: system,
      tools: new Set(),
      modules: new Map(),
      governors: ["powersave"],
      time: { synchronised: false, daemons: [] },
      kernel: "5.14.0-427.el9.x86_64",
    },
  };
  return [packages, kernelModules, timeSync, governor].flatMap((check) =>
    check(subject(changes)).flatMap(({ mend }) => mend ?? []),
  );
}

describe("advice in a system's words", () => {
  it("on RHEL and Fedora", () => {
    for (const system of [distributions.rhel, distributions.rocky, distributions.fedora])
      expect([...new Set(adviceOn(system))]).toEqual([
        "dnf install iproute iproute-tc",
        "dnf install tcpdump",
        "dnf install sysstat",
        "dnf install ethtool",
        "dnf install systemd-udev",
        "dnf install kernel-modules-5.14.0-427.el9.x86_64 kernel-modules-extra-5.14.0-427.el9.x86_64",
        "dnf install chrony",
        "dnf install kernel-tools && cpupower frequency-set -g performance",
      ]);
  });

  it("on openSUSE", () => {
    expect([...new Set(adviceOn(distributions.leap))]).toEqual([
      "zypper install iproute2",
      "zypper install tcpdump",
      "zypper install sysstat",
      "zypper install ethtool",
      "zypper install udev",
      "zypper install kernel-default && reboot  # into that kernel",
      "zypper install chrony",
      "zypper install cpupower && cpupower frequency-set -g performance",
    ]);
  });

  it("has a newer version of what is too old", () => {
    const old = { versions: new Map([["tcpdump", "4.9.3"]]) };
    const mendOn = (system: Changes["facts"]) =>
      packages(subject({ facts: { ...old, ...system } })).find(({ what }) => what === "tcpdump")?.mend;
    expect(mendOn({ distribution: distributions.rhel })).toBe(
      "dnf upgrade tcpdump  # RHEL 9, Fedora 36 or later have it",
    );
    expect(mendOn({ distribution: distributions.leap })).toMatch(/^zypper refresh && zypper update tcpdump /);
  });
});
