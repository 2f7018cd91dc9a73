import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { QemuRuntime } from "../../../emulator/images/qemu.ts";
import { compilePlugin } from "../../../emulator/virtual-time/build.ts";
import { checkPlugin } from "../../../emulator/virtual-time/check.ts";
import { ensurePlugin, pluginFolder } from "../../../emulator/virtual-time/plugin.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-plugin-test-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Compiling takes a second, and more where other tests compute. */
const compiling = 60_000;

/** A program in QEMU's place that says something and ends. */
function qemuThatSays(text: string, exitCode: number): QemuRuntime {
  const command = join(folder, "qemu");
  writeFileSync(command, `#!/bin/sh\necho "${text}"\nexit ${exitCode}\n`, { mode: 0o755 });
  return { command, args: [], env: {} };
}

it("compiles without a warning", { timeout: compiling }, async () => {
  const file = join(folder, "plugin.so");
  const strict = join(folder, "cc");
  writeFileSync(strict, '#!/bin/sh\nexec cc -Werror "$@"\n', { mode: 0o755 });
  expect(await compilePlugin(file, { ...process.env, CC: strict })).toBeUndefined();
  expect(statSync(file).size).toBeGreaterThan(10_000);
});

it("names the compiler that is not there", async () => {
  expect(await compilePlugin(join(folder, "x"), { CC: "/nowhere/cc" })).toBe("there is no C compiler (/nowhere/cc)");
});

it("tells the first line of what the compiler complains about", async () => {
  const compiler = join(folder, "cc");
  writeFileSync(compiler, "#!/bin/sh\necho 'plugin.c:1: unknown word' >&2\nexit 1\n", { mode: 0o755 });
  expect(await compilePlugin(join(folder, "x"), { CC: compiler })).toBe(`${compiler} failed: plugin.c:1: unknown word`);
});

it.each([
  ["virtual-time: fits QEMU 10.0.13", 0, undefined],
  ["virtual-time: this is QEMU 11.0.0, and the plugin is for QEMU 10.0", 1, /^this is QEMU 11.0.0/],
  ["error while loading shared libraries: libx.so", 127, /^error while loading/],
  ["virtual-time: fits QEMU 10.0.13", 1, /fits/],
])("believes %j with exit status %i", async (text, exitCode, refusal) => {
  const found = await checkPlugin(qemuThatSays(text, exitCode), "/plugin.so");
  if (refusal) expect(found).toMatch(refusal);
  else expect(found).toBeUndefined();
});

it("keeps a plugin that fits, beside the QEMU it belongs to", { timeout: compiling }, async () => {
  const qemu = qemuThatSays("virtual-time: fits QEMU 10.0.13", 0);
  const { file } = await ensurePlugin(folder, qemu, "0123");
  expect(file).toBe(join(folder, pluginFolder("0123"), "virtual-time.so"));
  expect(await ensurePlugin(folder, qemuThatSays("", 1), "0123")).toEqual({ file });
  expect(pluginFolder("4567")).not.toBe(pluginFolder("0123"));
});

it("keeps none that QEMU refuses, and says why", { timeout: compiling }, async () => {
  const qemu = qemuThatSays("virtual-time: this QEMU does not export bql_unlock", 1);
  expect(await ensurePlugin(folder, qemu, "0123")).toEqual({ missing: "this QEMU does not export bql_unlock" });
  expect(readdirSync(folder)).toEqual(["qemu"]);
});
