import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkout } from "../../../lib/paths.ts";
import type { Engine } from "../../../tools/engine/ensure.ts";
import { buildArguments, moduleFolder, moduleKey, modules } from "../../../tools/engine/modules.ts";
import { pluginVersions, sdkVersion } from "../../../tools/engine/versions.ts";

// Each test starts processes, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let ending: AbortController;
beforeEach(() => {
  ending = new AbortController();
  folder = mkdtempSync(join(tmpdir(), "ensure-"));
  mkdirSync(join(folder, "bin"));
});
afterEach(() => {
  // A process that outlives its test would find our scripts gone, look for a real Go and build the engine for minutes.
  ending.abort();
  rmSync(folder, { recursive: true, force: true });
});

/** Puts a shell script on the PATH of the processes below; it can note what it was called for in $NOTES. */
function put(name: string, script: string, where = "bin"): void {
  mkdirSync(join(folder, where), { recursive: true });
  writeFileSync(join(folder, where, name), `#!/bin/sh\necho "${name} $*" >> "$NOTES"\n${script}\n`, { mode: 0o755 });
}

/** Calls ensureEngine twice in a process of its own, which sees our scripts and no other Pulumi or Go. */
async function ensure(env: Record<string, string> = {}): Promise<{ engine: Engine; again: Engine; said: string }> {
  const script = `
    import { ensureEngine } from "${checkout}/tools/engine/ensure.ts";
    import { plainProgress } from "${checkout}/lib/progress.ts";
    const nowhere = { archives: "http://127.0.0.1:9", checksums: "http://127.0.0.1:9" };
    const options = { cache: "${folder}/cache", progress: plainProgress, releases: nowhere };
    const engine = await ensureEngine(options);
    console.log(JSON.stringify({ engine, again: await ensureEngine(options) }));`;
  const path = [join(folder, "bin"), "/usr/bin", "/bin"].join(delimiter);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
    env: { PATH: path, HOME: folder, NOTES: join(folder, "notes"), ...env },
    signal: ending.signal,
    killSignal: "SIGKILL",
  });
  return { ...JSON.parse(stdout), said: stderr };
}

const notes = () => readFileSync(join(folder, "notes"), "utf8").trim().split("\n");
const pulumi = (version: string) => `case "$1" in
  version) echo ${version} ;;
  plugin) mkdir -p "$HOME/.pulumi/plugins/resource-$4-v$5" ;;
esac`;
const goThatBuilds = `case "$1" in
  version) echo "go version go1.26.0 linux/amd64"; exit ;;
esac
while [ "$1" != -o ]; do shift; done
sleep 0.2
echo "built $3" > "$2"; chmod +x "$2"`;

describe("an engine on PATH", () => {
  it("of the pinned version is used, with the official plugins", async () => {
    put("pulumi", pulumi(`v${sdkVersion()}`));
    put("pulumi-language-nodejs", "");
    const { engine, again } = await ensure();
    expect(engine.source).toBe("path");
    expect(engine.binDirs).toEqual([join(folder, "bin"), dirname(process.execPath)]);
    expect(engine.env).not.toHaveProperty("PULUMI_HOME");
    expect(engine.env.PULUMI_SKIP_UPDATE_CHECK).toBe("true");
    expect(again).toEqual(engine);
    expect(notes()).toEqual([
      "pulumi version",
      "pulumi plugin install resource command 1.2.1",
      `pulumi plugin install resource terraform-provider ${pluginVersions()["terraform-provider"]}`,
      "pulumi version",
    ]);
  });

  it.each([
    ["of another version", "v3.0.0", true, "is v3.0.0, not v"],
    ["without the language host", `v${sdkVersion()}`, false, "comes without pulumi-language-nodejs: not used"],
  ])("%s is named and not used", async (_what, version, host, said) => {
    put("pulumi", pulumi(version));
    if (host) put("pulumi-language-nodejs", "");
    put("go", goThatBuilds);
    const result = await ensure();
    expect(result.engine.source).toBe("built");
    expect(result.said).toContain(said);
  });

  it("whose plugins cannot be had is not used", async () => {
    put("pulumi", `[ "$1" = version ] && echo v${sdkVersion()}`);
    put("pulumi-language-nodejs", "");
    put("go", goThatBuilds);
    const { engine, said } = await ensure();
    expect(engine.source).toBe("built");
    expect(said).toContain("the official plugin command 1.2.1 cannot be installed");
  });
});

describe("an engine that is built", () => {
  it("is put together as Pulumi wants to find it, and found at once the next time", async () => {
    put("go", goThatBuilds);
    const { engine, again, said } = await ensure();
    expect(engine.source).toBe("built");
    expect(again).toEqual(engine);
    const [bin = ""] = engine.binDirs;
    const home = engine.env.PULUMI_HOME ?? "";
    expect(engine.env.PATH?.split(delimiter).slice(0, 2)).toEqual(engine.binDirs);
    expect(engine.env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION).toBe("true");
    expect(readFileSync(join(bin, "pulumi"), "utf8")).toContain("built github.com/pulumi/pulumi/pkg/v3/cmd/pulumi");
    expect(statSync(join(bin, "pulumi")).nlink).toBe(2);
    expect(readFileSync(join(bin, "pulumi-language-nodejs"), "utf8")).toContain(
      `${checkout}/tools/engine/language-host/main.ts`,
    );
    const plugins = join(home, "plugins");
    expect(existsSync(join(plugins, "resource-command-v1.2.1", "pulumi-resource-command"))).toBe(true);
    expect(
      existsSync(
        join(
          plugins,
          `resource-terraform-provider-v${pluginVersions()["terraform-provider"]}`,
          "pulumi-resource-terraform-provider",
        ),
      ),
    ).toBe(true);
    const registry = join(home, "dynamic_tf_plugins", "registry.opentofu.org", "dmacvicar", "libvirt", "0.8.3");
    expect(readdirSync(registry)).toHaveLength(1);
    expect(said.match(/done in/g)).toHaveLength(3);
    expect(notes().filter((note) => note.startsWith("go build"))).toHaveLength(3);
  });

  it("is built once when two want it at once", async () => {
    put("go", goThatBuilds);
    const [one, other] = await Promise.all([ensure(), ensure()]);
    expect(one.engine).toEqual(other.engine);
    expect(notes().filter((note) => note.startsWith("go build"))).toHaveLength(3);
  });

  it("is not there without Go, and it says what is needed", async () => {
    put("go", 'echo "go version go1.19.8 linux/amd64"');
    await expect(ensure()).rejects.toThrow(/building it needs Go 1\.26 or later; go says: go version go1\.19\.8/);
  });

  it("is not there when the build fails, and it says why", async () => {
    put("go", '[ "$1" = version ] && echo "go version go1.26.0" || { echo "no such module" >&2; exit 1; }');
    await expect(ensure()).rejects.toThrow(
      /building Pulumi \S+ in tools\/pulumi failed \(exit status 1\):\s+no such module/,
    );
    expect(readdirSync(join(folder, "cache", "engine"))).toEqual([]);
  });
});

describe("the pinned modules", () => {
  it("have the version of the SDK, which is released with the engine", () => {
    const [pulumiModule] = modules();
    const pins = pulumiModule ? readFileSync(join(moduleFolder(pulumiModule), "go.mod"), "utf8") : "";
    expect(pins).toContain(`github.com/pulumi/pulumi/pkg/v3 v${sdkVersion()}`);
    expect(pins).toContain(`github.com/pulumi/pulumi/sdk/v3 v${sdkVersion()}`);
  });

  it("are built from what is pinned only, with a name of their own each", () => {
    expect(new Set(modules().map(moduleKey)).size).toBe(3);
    for (const module of modules()) expect(buildArguments(module, "out")).toContain("-mod=readonly");
  });
});
