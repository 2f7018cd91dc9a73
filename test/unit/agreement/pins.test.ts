import { expect, it } from "vitest";
import { codeLines, projectFiles, textOf } from "../../support/documents.ts";

interface Package {
  version: string;
  engines: { node: string };
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  pulumi: { name: string; version: string; parameterization: { name: string; version: string; value: string } };
}
const json = (path: string) => JSON.parse(textOf(path));
const own = json("package.json") as Package;
const sdk = json("sdks/libvirt/package.json") as Package;
const lock = json("package-lock.json").packages as Record<string, Package>;
const all = { ...own.dependencies, ...own.devDependencies };

/** Packages that no source imports, and what uses them. */
const usedByTools: Record<string, RegExp> = {
  "@biomejs/biome": /"biome", "check"/,
  knip: /"unused code", "knip"/,
  "@vitest/coverage-v8": /provider: "v8"/,
};

it("every dependency is pinned to one version, which is the one of the lock file", () => {
  for (const [name, version] of Object.entries(all)) {
    if (version.startsWith("file:")) continue;
    expect(`${name} ${version}`).toMatch(/ \d+\.\d+\.\d+(-[\w.]+)?$/);
    expect(`${name} ${lock[`node_modules/${name}`]?.version}`).toBe(`${name} ${version}`);
  }
  expect(lock[""]).toMatchObject({ dependencies: own.dependencies, devDependencies: own.devDependencies });
});

it("every dependency is used, and everything that is imported is a dependency", () => {
  const sources = projectFiles("*.ts");
  const imported = new Set(
    sources.flatMap((path) =>
      [
        ...textOf(path).matchAll(
          /(?:from|import\(|require\.resolve\()\s*"((?:@[\w.-]+\/)?[\w.-]+)(?:\/[^"]*)?"|^import "([\w@/.-]+)"/gm,
        ),
      ].flatMap(([, name, bare]) => name ?? bare ?? []),
    ),
  );
  const session = codeLines(textOf("cli/testing/run.ts") + textOf("vitest.config.ts")).join("\n");
  for (const name of Object.keys(all)) {
    const typed = name.startsWith("@types/") ? name.slice("@types/".length) : undefined;
    if (typed !== undefined) expect(typed === "node" || imported.has(typed), name).toBe(true);
    else if (usedByTools[name]) expect(session).toMatch(usedByTools[name]);
    else expect([...imported], `nothing imports ${name}`).toContain(name);
  }
  const ofOthers = [...imported].filter((name) => !/^[.@]?node:|^\./.test(name) && name !== "node");
  expect(ofOthers.filter((name) => !(name in all))).toEqual([]);
});

it("Node.js has one version in everything that names it", () => {
  const [, installed] = /^node_version=(\S+)/m.exec(textOf("lab")) ?? [];
  const major = installed?.split(".")[0];
  expect(own.engines.node).toBe(`>=${major}`);
  expect(own.devDependencies["@types/node"]).toMatch(new RegExp(`^${major}\\.`));
});

it("the engine, the Terraform provider and the SDK are of the versions that belong together", () => {
  const pin = (tool: string, module: string) =>
    new RegExp(`^\\s*${module.replaceAll(".", "\\.")} v(\\S+)`, "m").exec(textOf(`tools/${tool}/go.mod`))?.[1];
  expect(pin("pulumi", "github.com/pulumi/pulumi/pkg/v3")).toBe(own.dependencies["@pulumi/pulumi"]);
  expect(pin("libvirt-provider", "github.com/dmacvicar/terraform-provider-libvirt")).toBe(sdk.version);
  expect(lock["sdks/libvirt"]?.version).toBe(sdk.version);
  expect(pin("bridge", "github.com/pulumi/pulumi-terraform-bridge/v3")).toBe(
    /v(\d+\.\d+\.\d+), April 2026/.exec(textOf("ARCHITECTURE.md"))?.[1],
  );
});

it("the SDK asks for one plugin version wherever it names it, one that is published, with one parameter", () => {
  const { name, version, parameterization } = sdk.pulumi;
  const utilities = textOf("sdks/libvirt/utilities.ts");
  const named = (field: string) => new RegExp(`${field}: "([^"]*)"`).exec(utilities)?.[1];
  expect([named("baseProviderName"), named("baseProviderVersion")]).toEqual([name, version]);
  expect(parameterization.version).toBe(sdk.version);
  expect(JSON.parse(Buffer.from(parameterization.value, "base64").toString())).toEqual({
    remote: { url: `registry.opentofu.org/dmacvicar/${parameterization.name}`, version: sdk.version },
  });
  // Releases of pulumi-terraform-provider that are in public use; 1.0.0 is none of them.
  expect(["1.1.0", "1.1.3", "1.1.4", "1.2.0", "1.2.1", "1.3.0", "1.4.0"]).toContain(version);
  expect(textOf("ARCHITECTURE.md")).toContain(version);
});
