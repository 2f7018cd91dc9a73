/** Distributions that share a package manager and the names of packages. */
const families = ["debian", "redhat", "suse"] as const;
export type Family = (typeof families)[number];

/** What os-release(5) says of a system. */
export interface Distribution {
  /** ID, e.g. "debian". */
  id: string;
  /** IDs of what it is derived from (ID_LIKE), nearest first. */
  like: readonly string[];
  /** VERSION_ID; undefined for one without releases. */
  version: string | undefined;
  /** PRETTY_NAME, else the ID. */
  name: string;
}

/** Reads os-release(5); a file that is empty or not there gives the ID "unknown". */
export function parseOsRelease(text: string): Distribution {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, key, quoted, plain] = /^([A-Z_]+)=(?:["'](.*)["']|(.*))$/.exec(line.trim()) ?? [];
    if (key) values.set(key, quoted ?? plain ?? "");
  }
  const id = values.get("ID") || "unknown";
  return {
    id,
    like: (values.get("ID_LIKE") ?? "").split(/\s+/).filter((word) => word !== ""),
    version: values.get("VERSION_ID") || undefined,
    name: values.get("PRETTY_NAME") || id,
  };
}

const distributionFamily: Record<string, Family> = {
  ...{ debian: "debian", ubuntu: "debian" },
  ...{ fedora: "redhat", rhel: "redhat", centos: "redhat" },
  ...{ suse: "suse", opensuse: "suse", sles: "suse", "opensuse-leap": "suse", "opensuse-tumbleweed": "suse" },
};

/** @returns undefined for a distribution that is neither one of a family nor derived from one */
export function familyOf({ id, like }: Pick<Distribution, "id" | "like">): Family | undefined {
  const known = [id, ...like].find((name) => distributionFamily[name] !== undefined);
  return known === undefined ? undefined : distributionFamily[known];
}

/**
 * Packages by their name in Debian, where another family calls them otherwise; null: it has none. A name that is not here is
 * the same everywhere.
 */
const names: Record<Exclude<Family, "debian">, Record<string, readonly string[] | null>> = {
  redhat: {
    iproute2: ["iproute", "iproute-tc"],
    "libvirt-clients": ["libvirt-client"],
    "libvirt-daemon-system": ["libvirt-daemon-kvm"],
    "linux-cpupower": ["kernel-tools"],
    mmdebstrap: null,
    "openssh-client": ["openssh-clients"],
    "qemu-system-x86": ["qemu-kvm"],
    tshark: ["wireshark-cli"],
    udev: ["systemd-udev"],
    xsltproc: ["libxslt"],
    "xz-utils": ["xz"],
  },
  suse: {
    "libvirt-clients": ["libvirt-client"],
    "libvirt-daemon-system": ["libvirt-daemon-qemu"],
    "linux-cpupower": ["cpupower"],
    mmdebstrap: null,
    "openssh-client": ["openssh-clients"],
    "qemu-system-x86": ["qemu-x86"],
    tshark: ["wireshark"],
    xsltproc: ["libxslt-tools"],
    "xz-utils": ["xz"],
  },
};

/** What a package is called in a family; none where the family has no such package. @param name in Debian */
export function packagesIn(family: Family, name: string): readonly string[] {
  if (family === "debian") return [name];
  const known = names[family][name];
  return known === undefined ? [name] : (known ?? []);
}

const installer: Record<Family, string> = {
  debian: "apt-get install",
  redhat: "dnf install",
  suse: "zypper install",
};

const upgrader: Record<Family, string> = {
  debian: "apt-get update && apt-get install --only-upgrade",
  redhat: "dnf upgrade",
  suse: "zypper refresh && zypper update",
};

const translated = (family: Family, packages: readonly string[]) =>
  packages.flatMap((name) => packagesIn(family, name)).join(" ");

/** The command that installs packages. @param packages by their names in Debian */
export const installCommand = (family: Family, packages: readonly string[]): string =>
  `${installer[family]} ${translated(family, packages)}`;

/** The command that brings packages up to date. @param packages by their names in Debian */
export const upgradeCommand = (family: Family, packages: readonly string[]): string =>
  `${upgrader[family]} ${translated(family, packages)}`;
