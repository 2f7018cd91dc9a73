import { describe, expect, it } from "vitest";
import { missingPackages, noAptGet } from "../../../cli/setup/packages.ts";

describe("missingPackages", () => {
  it("takes only packages that are fully installed for installed", () => {
    const shown = "installed tar\nconfig-files lz4\nhalf-configured cpio\n";
    expect(missingPackages(["tar", "lz4", "cpio", "kmod"], shown)).toEqual(["lz4", "cpio", "kmod"]);
  });

  it("is content when everything is there", () => {
    expect(missingPackages(["tar"], "installed tar\n")).toEqual([]);
  });

  it("misses everything when dpkg knows none", () => {
    expect(missingPackages(["xsltproc", "tshark"], "")).toEqual(["xsltproc", "tshark"]);
  });
});

describe("a machine without apt-get", () => {
  const fedora = { id: "fedora", like: [], version: "41", name: "Fedora Linux 41" };
  it("is told what to install in its own words", () => {
    expect(noAptGet(["xsltproc"], fedora)).toBe(
      "This machine (Fedora Linux 41) has no apt-get, by which ./lab installs packages itself. As root: dnf install libxslt; then set LAB_SKIP_PACKAGES=1.",
    );
    expect(noAptGet(["xsltproc"], { ...fedora, id: "sles", like: ["suse"], name: "SLES 15" })).toContain(
      "zypper install libxslt-tools;",
    );
  });

  it("is told what its distribution has no package of", () => {
    const text = noAptGet(["mmdebstrap", "xz-utils"], fedora);
    expect(text).toMatch(/dnf install xz; .* no package of mmdebstrap: build the images on Debian/);
  });

  it("is told the names in Debian where nothing is known of it", () => {
    const arch = { id: "arch", like: [], version: undefined, name: "Arch Linux" };
    expect(noAptGet(["xsltproc"], arch)).toMatch(/^This machine \(Arch Linux\) .* Debian packages hold: xsltproc;/);
  });
});
