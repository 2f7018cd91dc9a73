import { allEnded, mapLimited } from "../../lib/concurrent.ts";
import { sideBySide } from "../../lib/endpoints/endpoint.ts";
import { endpointOn } from "../../lib/endpoints/kinds.ts";
import { LabError } from "../../lib/errors.ts";
import { roles } from "../../lib/roles.ts";
import type { SshConnection } from "../../lib/ssh/connect.ts";
import type { PerRole } from "./roles.ts";
import type { RunSpec } from "./spec.ts";

/** Load that runs while the servers are in step; it may be none. */
export interface LoadInStep {
  /** Ends all of it. */
  end(): Promise<void>;
  /** @throws LabError where it ended by itself before the servers were let go. @param stepSeconds for which they were in step */
  requireLasted(stepSeconds: number): void;
}

/**
 * Starts what makes load while the servers are in step.
 * @param seconds of the VMs' clocks after which it ends by itself, should nobody end it
 * @throws LabError where a VM does not answer; what was started ends by itself then
 */
export async function startLoadInStep(
  ends: RunSpec["ends"],
  connections: PerRole<SshConnection>,
  seconds: number,
): Promise<LoadInStep> {
  const started = await allEnded(
    roles.map((role) => {
      const { inStep = [], endpoint = "vm" } = ends[role].background ?? {};
      return mapLimited(inStep, sideBySide, ({ vm, command }) =>
        endpointOn(connections[role], endpoint, vm).start(`timeout ${seconds} ${command} > /dev/null 2>&1`, false),
      );
    }),
  );
  const all = started.flat();
  return {
    async end() {
      await mapLimited(all, sideBySide, (each) => each.end());
    },
    requireLasted(stepSeconds) {
      if (all.length > 0 && stepSeconds > seconds)
        throw new LabError(`the probe took ${stepSeconds.toFixed(1)} s, and its load ended after ${seconds} s`);
    },
  };
}
