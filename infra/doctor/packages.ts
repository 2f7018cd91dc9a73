import type { Facts } from "./facts.ts";

/** The command that installs packages of Debian and its relatives. */
export const install = (...packages: string[]) => `apt-get install ${packages.join(" ")}`;

/** Puts words on the kernel's command line (GRUB); to be followed by a reboot. */
export const addKernelWords = (words: readonly string[]) =>
  `sed -i 's/^GRUB_CMDLINE_LINUX="/&${words.join(" ")} /' /etc/default/grub && update-grub`;

/** Restarts a server into its firmware's setup, and what to turn on there. */
export const firmwareSetup = (what: string) => `systemctl reboot --firmware-setup  # turn on ${what} there`;

/** Gets the kernel modules that a small (cloud) kernel leaves out; on Debian another kernel has them. */
export const getModules = ({ distribution, kernel }: Facts) =>
  distribution === "ubuntu"
    ? install(`linux-modules-extra-${kernel}`)
    : `${install("linux-image-amd64")} && reboot  # into that kernel`;

/** The package with cpupower. */
export const cpupowerPackage = ({ distribution, kernel }: Facts) =>
  distribution === "ubuntu" ? `linux-tools-${kernel}` : "linux-cpupower";
