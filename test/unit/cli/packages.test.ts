import { describe, expect, it } from "vitest";
import { missingPackages } from "../../../cli/setup/packages.ts";

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
