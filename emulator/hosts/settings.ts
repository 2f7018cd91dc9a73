import { z } from "zod";
import { LabError } from "../../lib/errors.ts";

const whole = (min: number, max: number) =>
  z.coerce
    .number({ error: `a whole number from ${min} to ${max}` })
    .int(`a whole number from ${min} to ${max}`)
    .min(min, `a whole number from ${min} to ${max}`)
    .max(max, `a whole number from ${min} to ${max}`);

/** Everything about the emulated servers that may be chosen; all of it has a default. */
export const settingsSchema = z.strictObject({
  memoryMiB: whole(1024, 1_048_576).default(3072).describe("memory of a server, MiB; a guest in it takes about 130"),
  cpus: whole(1, 64)
    .default(1)
    .describe(
      "virtual CPUs of a server. It is pinned to one core: two that take turns on it wait for each other at every lock and interrupt",
    ),
  senderPort: whole(1, 65535).default(2201).describe("port on 127.0.0.1 where the sender's ssh answers"),
  responderPort: whole(1, 65535).default(2202).describe("port on 127.0.0.1 where the responder's ssh answers"),
  ports: whole(1, 2).default(1).describe("ports that join the two servers, each a network card of its own: pf0, pf1"),
  vfs: whole(1, 7).default(7).describe("virtual functions that each port has; QEMU's igb serves 7"),
  tbSizeMiB: whole(64, 16_384).default(1024).describe("cache of translated code per server, MiB"),
  accelerator: z
    .enum(["auto", "kvm", "tcg"], { error: '"auto", "kvm" or "tcg"' })
    .default("tcg")
    .describe(
      "what executes the servers: tcg, QEMU's emulation; kvm, this machine's CPU; auto, kvm where it has what that takes and a guest runs",
    ),
  time: z
    .enum(["wall", "virtual"], { error: '"wall" or "virtual"' })
    .default("wall")
    .describe(
      "clock of the servers: wall, this machine's; virtual, instructions counted, the two servers in step during a run",
    ),
  nsPerInstruction: z.coerce
    .number({ error: "1, 2, 4 or 8" })
    .pipe(z.literal([1, 2, 4, 8], { error: "1, 2, 4 or 8" }))
    .default(1)
    .describe("virtual time: nanoseconds that an instruction takes"),
  wireLatencyNs: whole(1000, 1_000_000)
    .default(10_000)
    .describe(
      "virtual time: how long a frame is on the wire, in nanoseconds; the servers meet as often, so less is slower",
    ),
  cure: z
    .enum(["on", "off"], { error: '"on" or "off"' })
    .default("off")
    .describe(
      "on: QEMU loads the plugin that cures nested guests which hang (emulator/virtual-time), in wall time too",
    ),
  bootTimeoutS: whole(10, 3600).default(300).describe("how long both servers may take until they answer, seconds"),
});

export type Settings = z.output<typeof settingsSchema>;

const prefix = "LAB_EMULATOR_";
const variableOf = (key: string) =>
  prefix +
  key
    .replace("MiB", "Mib")
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase();
const keys = Object.keys(settingsSchema.shape);

/** The environment variable of each setting, e.g. `memoryMiB` -> `LAB_EMULATOR_MEMORY_MIB`. */
export const settingVariables: Record<string, string> = Object.fromEntries(keys.map((key) => [key, variableOf(key)]));

/**
 * The settings: those given, then those of the environment, then the defaults.
 * @throws LabError (exit code 2) that names each bad key, its value and what is allowed.
 */
export function readSettings(given: Partial<Settings> = {}, env: NodeJS.ProcessEnv = process.env): Settings {
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith(prefix) && !Object.values(settingVariables).includes(name),
  );
  if (unknown.length > 0)
    throw new LabError(`${unknown[0]}: no such setting; allowed: ${Object.values(settingVariables).join(", ")}`, {
      exitCode: 2,
    });
  const fromEnv = Object.fromEntries(
    Object.entries(settingVariables).flatMap(([key, variable]) => (env[variable] ? [[key, env[variable]]] : [])),
  );
  const merged: Record<string, unknown> = { ...fromEnv, ...given };
  const parsed = settingsSchema.safeParse(merged);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      if (issue.code === "unrecognized_keys")
        return `${issue.keys.join(", ")}: no such setting; allowed: ${keys.join(", ")}`;
      const key = String(issue.path[0]);
      const name = key in given ? key : (settingVariables[key] ?? key);
      return `${name}: ${JSON.stringify(merged[key])} is not allowed; allowed: ${issue.message}`;
    });
    throw new LabError(`the emulated servers: ${lines.join("; ")}`, { exitCode: 2 });
  }
  if (parsed.data.senderPort === parsed.data.responderPort)
    throw new LabError(
      `the emulated servers: senderPort and responderPort are both ${parsed.data.senderPort}; allowed: two different ports`,
      { exitCode: 2 },
    );
  if (parsed.data.time === "virtual" && parsed.data.cpus > 1)
    throw new LabError(
      `the emulated servers: cpus is ${parsed.data.cpus} and time is virtual; allowed: 1 CPU, because the CPUs of a server would take turns on one count of instructions and a second one would add nothing`,
      { exitCode: 2 },
    );
  if (parsed.data.time === "virtual" && parsed.data.accelerator === "kvm")
    throw new LabError(
      "the emulated servers: accelerator is kvm and time is virtual; allowed: tcg, because only emulated instructions can be counted",
      { exitCode: 2 },
    );
  return parsed.data;
}
