import { allEnded, mapLimited } from "../../lib/concurrent.ts";
import type { RunningCommand } from "../../lib/endpoints/endpoint.ts";
import { endpointOn } from "../../lib/endpoints/kinds.ts";
import { roles } from "../../lib/roles.ts";
import type { SshConnection } from "../../lib/ssh/connect.ts";
import type { PerRole } from "./roles.ts";
import type { RunSpec } from "./spec.ts";

/** Guests that are asked side by side. */
const sideBySide = 6;

/**
 * Starts what makes load while the servers are in step.
 * @param seconds of the VMs' clocks after which it ends by itself, should nobody end it
 * @returns what ends all of it
 * @throws LabError where a VM does not answer; what was started ends by itself then
 */
export async function startLoadInStep(
  ends: RunSpec["ends"],
  connections: PerRole<SshConnection>,
  seconds: number,
): Promise<() => Promise<void>> {
  const started = await allEnded(
    roles.map((role) => {
      const { inStep = [], endpoint = "vm" } = ends[role].background ?? {};
      return mapLimited(inStep, sideBySide, ({ vm, command }) =>
        endpointOn(connections[role], endpoint, vm).start(`timeout ${seconds} ${command} > /dev/null 2>&1`, false),
      );
    }),
  );
  const all: RunningCommand[] = started.flat();
  return async () => {
    await mapLimited(all, sideBySide, (each) => each.end());
  };
}
