import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a package.json says about its package, as far as the engine asks. */
export interface Package {
  name: string;
  version: string;
  pulumi?: {
    resource?: boolean;
    name?: string;
    version?: string;
    server?: string;
    parameterization?: { name: string; version: string; value: string };
  };
}

/** A resource plugin that a package needs. */
export interface RequiredPlugin {
  name: string;
  version: string;
  server: string;
  /** `value` is base64, as bytes are in JSON. */
  parameterization?: { name: string; version: string; value: string };
}

function readPackage(path: string): Partial<Package> & { dependencies?: object; devDependencies?: object } {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return {};
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith("."));
  } catch {
    return [];
  }
}

/**
 * The packages that a program in `directory` can import: those of the node_modules folders there and above, as Node.js
 * resolves them, so that of equal names the nearest wins.
 */
export function installedPackages(directory: string): Package[] {
  const found = new Map<string, Package>();
  for (let folder = directory; ; folder = dirname(folder)) {
    const modules = join(folder, "node_modules");
    const names = namesIn(modules).flatMap((name) =>
      name.startsWith("@") ? namesIn(join(modules, name)).map((scoped) => join(name, scoped)) : [name],
    );
    for (const name of names) {
      if (found.has(name)) continue;
      const { version, pulumi } = readPackage(join(modules, name, "package.json"));
      if (version) found.set(name, { name, version, ...(pulumi && { pulumi }) });
    }
    if (folder === dirname(folder)) return [...found.values()];
  }
}

/** The plugins that the installed packages name in their "pulumi" section. */
export function requiredPlugins(directory: string): RequiredPlugin[] {
  return installedPackages(directory)
    .filter((item) => item.pulumi?.resource)
    .map((item) => {
      const version = item.pulumi?.version ?? item.version;
      return {
        name: item.pulumi?.name ?? item.name.replace(/^@pulumi\//, ""),
        version: version.startsWith("v") ? version : `v${version}`,
        server: item.pulumi?.server ?? "",
        ...(item.pulumi?.parameterization && { parameterization: item.pulumi.parameterization }),
      };
    });
}

/** Names and versions of what the program's package.json names, or of all that is installed when `transitive`. */
export function programDependencies(directory: string, transitive: boolean): { name: string; version: string }[] {
  const all = installedPackages(directory);
  if (transitive) return all;
  for (let folder = directory; ; folder = dirname(folder)) {
    const { name, dependencies, devDependencies } = readPackage(join(folder, "package.json"));
    const direct = new Set(Object.keys({ ...dependencies, ...devDependencies }));
    if (name || direct.size > 0) return all.filter((item) => direct.has(item.name));
    if (folder === dirname(folder)) return [];
  }
}
