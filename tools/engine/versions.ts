import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../lib/paths.ts";

function readJson(...path: string[]) {
  return JSON.parse(readFileSync(join(checkout, ...path), "utf8"));
}

/** The version of @pulumi/pulumi that package.json pins, which is also the engine's: the two are released together. */
export const sdkVersion = (): string => readJson("package.json").dependencies["@pulumi/pulumi"];

/** The resource plugins the project uses, at the versions that its SDKs name. */
export function pluginVersions(): { command: string; "terraform-provider": string } {
  return {
    command: readJson("package.json").dependencies["@pulumi/command"],
    "terraform-provider": readJson("sdks", "libvirt", "package.json").pulumi.version,
  };
}

/** The Terraform provider behind the libvirt SDK. */
export const libvirtVersion = (): string => readJson("sdks", "libvirt", "package.json").version;
