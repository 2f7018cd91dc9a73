import { readFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson, sha256 } from "../../lib/canonical.ts";
import { checkout } from "../../lib/paths.ts";
import { libvirtVersion, pluginVersions, sdkVersion } from "./versions.ts";

/** A program that is built from a Go module of this folder's neighbours, which pins all it consists of. */
export interface Module {
  /** Folder below `tools`, and in messages. */
  name: string;
  title: string;
  /** The main package that is built. */
  package: string;
  /** File name of the result. */
  binary: string;
  ldflags: string;
}

/** The Go modules behind an engine that is built here. */
export function modules(): Module[] {
  return [
    {
      name: "pulumi",
      title: `Pulumi ${sdkVersion()}`,
      package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      binary: "pulumi",
      ldflags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${sdkVersion()}`,
    },
    {
      name: "bridge",
      title: "the Terraform bridge",
      package: "github.com/pulumi/pulumi-terraform-bridge/v3/dynamic",
      binary: "pulumi-resource-terraform-provider",
      ldflags: `-s -w -X github.com/pulumi/pulumi-terraform-bridge/v3/dynamic/version.version=${pluginVersions()["terraform-provider"]}`,
    },
    {
      name: "libvirt-provider",
      title: `the libvirt provider ${libvirtVersion()}`,
      package: "github.com/dmacvicar/terraform-provider-libvirt",
      binary: "terraform-provider-libvirt",
      ldflags: "-s -w",
    },
  ];
}

/** Where the sources of a module's versions are pinned. */
export const moduleFolder = (module: Module): string => join(checkout, "tools", module.name);

/** Arguments of `go` that build a module into a file; the same sources give the same bytes wherever they are built. */
export function buildArguments(module: Module, output: string): string[] {
  return [
    "build",
    "-mod=readonly",
    "-buildvcs=false",
    "-trimpath",
    "-ldflags",
    module.ldflags,
    "-o",
    output,
    module.package,
  ];
}

/** What a built binary depends on, as one short name; another module's change leaves it alone. */
export function moduleKey(module: Module): string {
  const pins = ["go.mod", "go.sum"].map((file) => readFileSync(join(moduleFolder(module), file), "utf8"));
  return `${module.name}-${sha256(canonicalJson([pins, buildArguments(module, ""), process.platform, process.arch])).slice(0, 16)}`;
}
