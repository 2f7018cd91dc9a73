import { expect, it } from "vitest";
import { readSettings, settingVariables } from "../../../emulator/hosts/settings.ts";

it("has a default for everything", () => {
  expect(readSettings({}, {})).toEqual({
    memoryMiB: 3072,
    cpus: 1,
    senderPort: 2201,
    responderPort: 2202,
    ports: 1,
    vfs: 7,
    tbSizeMiB: 1024,
    accelerator: "tcg",
    time: "wall",
    nsPerInstruction: 1,
    wireLatencyNs: 10_000,
    cure: "off",
    bootTimeoutS: 300,
  });
});

it("takes the environment over the defaults, and what it is given over both", () => {
  const env = { LAB_EMULATOR_MEMORY_MIB: "2048", LAB_EMULATOR_CPUS: "2", LAB_EMULATOR_TB_SIZE_MIB: "" };
  expect(readSettings({ cpus: 4 }, env)).toMatchObject({ memoryMiB: 2048, cpus: 4, tbSizeMiB: 1024 });
});

it("names each setting's variable", () => {
  expect(settingVariables).toMatchObject({
    memoryMiB: "LAB_EMULATOR_MEMORY_MIB",
    bootTimeoutS: "LAB_EMULATOR_BOOT_TIMEOUT_S",
  });
});

it.each([
  [{}, { LAB_EMULATOR_VFS: "8" }, /LAB_EMULATOR_VFS: "8" is not allowed; allowed: a whole number from 1 to 7/],
  [{}, { LAB_EMULATOR_CPUS: "two" }, /LAB_EMULATOR_CPUS: "two" is not allowed; allowed: a whole number from 1 to 64/],
  [{}, { LAB_EMULATOR_CPUS: "1.5" }, /LAB_EMULATOR_CPUS: "1.5" is not allowed; allowed: a whole number/],
  [{}, { LAB_EMULATOR_MEMORY: "2048" }, /LAB_EMULATOR_MEMORY: no such setting; allowed: LAB_EMULATOR_MEMORY_MIB/],
  [{ memoryMiB: 10 }, {}, /memoryMiB: 10 is not allowed; allowed: a whole number from 1024/],
  [{ senderPort: 70000 }, {}, /senderPort: 70000 is not allowed; allowed: a whole number from 1 to 65535/],
  [{}, { LAB_EMULATOR_TIME: "both" }, /LAB_EMULATOR_TIME: "both" is not allowed; allowed: "wall" or "virtual"/],
  [
    {},
    { LAB_EMULATOR_NS_PER_INSTRUCTION: "3" },
    /LAB_EMULATOR_NS_PER_INSTRUCTION: "3" is not allowed; allowed: 1, 2, 4 or 8/,
  ],
  [{ time: "virtual" as const, cpus: 2 }, {}, /cpus is 2 and time is virtual; allowed: 1 CPU, because/],
  [
    {},
    { LAB_EMULATOR_ACCELERATOR: "hvf" },
    /LAB_EMULATOR_ACCELERATOR: "hvf" is not allowed; allowed: "auto", "kvm" or "tcg"/,
  ],
  [
    { time: "virtual" as const, accelerator: "kvm" as const },
    {},
    /accelerator is kvm and time is virtual; allowed: tcg, because/,
  ],
  [{}, { LAB_EMULATOR_CURE: "yes" }, /LAB_EMULATOR_CURE: "yes" is not allowed; allowed: "on" or "off"/],
  [{ senderPort: 2202 }, {}, /senderPort and responderPort are both 2202; allowed: two different ports/],
])("refuses %j with the environment %j", (given, env, message) => {
  expect(() => readSettings(given, env)).toThrow(message);
});
