import { existsSync } from "node:fs";
import { chmod, link, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { canonicalJson, sha256 } from "../../lib/canonical.ts";
import { checkout } from "../../lib/paths.ts";
import { publishFolder } from "../../lib/publish.ts";
import { shellQuote } from "../../lib/ssh/quote.ts";
import { libvirtVersion, pluginVersions } from "./versions.ts";

/** The binaries of an engine that was built here. */
export interface Binaries {
  pulumi: string;
  bridge: string;
  libvirtProvider: string;
}

/** A folder for PATH and one for PULUMI_HOME. */
export interface Assembly {
  bin: string;
  home: string;
}

const goArchitectures: Record<string, string> = { x64: "amd64", arm64: "arm64" };

/**
 * Starts one of our plugins. What it runs are the sources in the checkout, so that they need no copy, no build and no
 * second node_modules; and it is this process's Node.js, whatever is on the user's PATH. The compile cache saves most
 * of the start: a plugin is started several times by every `pulumi` command.
 */
function launcher(folder: string, plugin: string): string {
  const main = join(checkout, "tools", "engine", plugin, "main.ts");
  return `#!/bin/sh
NODE_COMPILE_CACHE=${shellQuote(join(folder, "compile-cache"))} exec ${shellQuote(process.execPath)} ${shellQuote(main)} "$@"
`;
}

/**
 * Puts a built engine together as Pulumi wants to find it: the language host beside the real `pulumi` (elsewhere, or
 * beside a symbolic link, each command warns), plugins in PULUMI_HOME. Big files are hard links. An assembly belongs to
 * one checkout, because its launchers run that checkout's sources; its name holds all it is made of, so a changed one
 * is another one, and it is published whole or not at all.
 * @param folder where built things are kept
 */
export async function assembled(binaries: Binaries, folder: string): Promise<Assembly> {
  const plugins = pluginVersions();
  const libvirt = libvirtVersion();
  const files: Record<string, { link: string } | { text: string }> = {
    "bin/pulumi": { link: binaries.pulumi },
    "bin/pulumi-language-nodejs": { text: launcher(folder, "language-host") },
    [`home/plugins/resource-command-v${plugins.command}/pulumi-resource-command`]: {
      text: launcher(folder, "command-provider"),
    },
    [`home/plugins/resource-terraform-provider-v${plugins["terraform-provider"]}/pulumi-resource-terraform-provider`]: {
      link: binaries.bridge,
    },
    // Found here, the bridge asks no registry for it.
    [`home/dynamic_tf_plugins/registry.opentofu.org/dmacvicar/libvirt/${libvirt}/linux_${goArchitectures[process.arch] ?? process.arch}/terraform-provider-libvirt_v${libvirt}`]:
      { link: binaries.libvirtProvider },
  };
  const place = join(folder, `assembly-${sha256(canonicalJson(files)).slice(0, 16)}`);
  if (!existsSync(place))
    await publishFolder(place, async (temporary) => {
      for (const [name, content] of Object.entries(files)) {
        const path = join(temporary, name);
        await mkdir(dirname(path), { recursive: true });
        if ("link" in content) await link(content.link, path);
        else await writeFile(path, content.text);
        if ("text" in content) await chmod(path, 0o755);
      }
    });
  return { bin: join(place, "bin"), home: join(place, "home") };
}
