import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readMachine, whyNoGuestRuns, whyNotKvm, withAccelerator } from "../../../emulator/hosts/accelerator.ts";
import { readSettings } from "../../../emulator/hosts/settings.ts";
import type { QemuRuntime } from "../../../emulator/images/qemu.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lab-machine-"));
});

afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** A machine with a CPU of these flags, and what else there is. */
function machine(flags: string, nested?: string, device = true): void {
  put("proc/cpuinfo", `processor\t: 0\nflags\t\t: fpu ${flags} sse2\nbugs\t\t: spectre_v1\n\nprocessor\t: 1\n`);
  if (nested !== undefined) put(`sys/module/${flags === "svm" ? "kvm_amd" : "kvm_intel"}/parameters/nested`, nested);
  if (device) put("dev/kvm", "");
}

/** A program in QEMU's place. */
function qemuThat(script: string): QemuRuntime {
  const command = join(root, "qemu");
  writeFileSync(command, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { command, args: [], env: {} };
}

it.each([
  ["vmx", "Y\n", true, undefined],
  ["svm", "1\n", true, undefined],
  ["vmx", "N\n", true, /nested virtualisation is off/],
  ["svm", "0\n", true, /nested virtualisation is off/],
  ["vmx", undefined, true, /neither kvm_intel nor kvm_amd is loaded/],
  ["vmx", "Y\n", false, /there is no \/dev\/kvm/],
  ["hypervisor", undefined, true, /no hardware virtualisation/],
  ["vmxish", "Y\n", true, /no hardware virtualisation/],
])("of a CPU with %s, nested %j, device %s", (flags, nested, device, why) => {
  machine(flags, nested, device);
  const found = whyNotKvm(readMachine(root));
  if (why) expect(found).toMatch(why);
  else expect(found).toBeUndefined();
});

it("believes a guest that told QEMU that it ran, and nothing else", async () => {
  expect(await whyNoGuestRuns(qemuThat("exit 33"), "kvm")).toBeUndefined();
  expect(await whyNoGuestRuns(qemuThat("exit 0"), "kvm")).toMatch(/runs no guest/);
  const refused = qemuThat('echo "ioctl(KVM_CREATE_VM) failed: 19 No such device" >&2; exit 1');
  expect(await whyNoGuestRuns(refused, "kvm")).toBe(
    "QEMU runs no guest: ioctl(KVM_CREATE_VM) failed: 19 No such device",
  );
  expect(await whyNoGuestRuns(qemuThat("exec sleep 60"), "kvm", 500)).toBe("a guest did not run within 0.5 s");
});

it("takes what is asked for where it can be had, and what can be had for auto", async () => {
  machine("svm", "1\n");
  const [runs, fails] = [qemuThat("exit 33"), { ...qemuThat("exit 33"), command: "/nowhere/qemu" }];
  const chosen = async (accelerator: "auto" | "kvm" | "tcg", qemu: QemuRuntime, time: "wall" | "virtual" = "wall") =>
    (await withAccelerator(readSettings({ accelerator, time }, {}), qemu, root)).accelerator;
  expect(await chosen("kvm", runs)).toBe("kvm");
  expect(await chosen("auto", runs)).toBe("kvm");
  expect(await chosen("auto", runs, "virtual")).toBe("tcg");
  expect(await chosen("auto", fails)).toBe("tcg");
  expect(await chosen("tcg", fails)).toBe("tcg");
  await expect(chosen("kvm", fails)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining("accelerator is kvm, and this machine cannot: "),
  });
});
