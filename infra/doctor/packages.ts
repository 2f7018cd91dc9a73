import { type Family, familyOf, installCommand, upgradeCommand } from "../../lib/distributions.ts";
import type { Facts } from "./facts.ts";

/** Whose words advice for a server is in; where nothing is known of its packages, Debian's. */
export const packageFamily = ({ distribution }: Pick<Facts, "distribution">): Family =>
  familyOf(distribution) ?? "debian";

/** The command that installs packages on a server. @param packages by their names in Debian */
export const install = (facts: Pick<Facts, "distribution">, ...packages: string[]) =>
  installCommand(packageFamily(facts), packages);

/** The command that brings packages of a server up to date. @param packages by their names in Debian */
export const upgrade = (facts: Pick<Facts, "distribution">, ...packages: string[]) =>
  upgradeCommand(packageFamily(facts), packages);

const intoGrubFile = (words: readonly string[]) =>
  `sed -i 's/^GRUB_CMDLINE_LINUX="/&${words.join(" ")} /' /etc/default/grub`;

/** Puts words on the kernel's command line (GRUB); to be followed by a reboot. */
export function addKernelWords(facts: Pick<Facts, "distribution">, words: readonly string[]): string {
  switch (packageFamily(facts)) {
    case "debian":
      return `${intoGrubFile(words)} && update-grub`;
    case "redhat":
      return `grubby --update-kernel=ALL --args="${words.join(" ")}"`;
    case "suse":
      return `${intoGrubFile(words)} && grub2-mkconfig -o /boot/grub2/grub.cfg`;
  }
}

/** Restarts a server into its firmware's setup, and what to turn on there. */
export const firmwareSetup = (what: string) => `systemctl reboot --firmware-setup  # turn on ${what} there`;

/** Gets the kernel modules that a small (cloud) kernel leaves out. */
export function getModules(facts: Facts): string {
  const { distribution, kernel } = facts;
  switch (packageFamily(facts)) {
    case "debian":
      return distribution.id === "ubuntu"
        ? install(facts, `linux-modules-extra-${kernel}`)
        : `${install(facts, "linux-image-amd64")} && reboot  # into that kernel`;
    case "redhat":
      return install(facts, `kernel-modules-${kernel}`, `kernel-modules-extra-${kernel}`);
    case "suse":
      return `${install(facts, "kernel-default")} && reboot  # into that kernel`;
  }
}

/** The package with cpupower. */
export const cpupowerPackage = ({ distribution, kernel }: Facts) =>
  distribution.id === "ubuntu" ? `linux-tools-${kernel}` : "linux-cpupower";
