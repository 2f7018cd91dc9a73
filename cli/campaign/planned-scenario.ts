import type { Role } from "../../lib/roles.ts";
import type { Factors } from "../../study/scenario.ts";
import type { ScenarioConfig } from "./scenario-config.ts";

/** A scenario of a campaign: what it is, how often it is measured, and what it takes of the servers. */
export interface PlannedScenario {
  /** SHA-256 of the factors. */
  hash: string;
  name: string;
  factors: Factors;
  /** Deployments, and runs in each. */
  replicates: number;
  runs: number;
  /** VMs and VFs at each server. */
  vms: Record<Role, { main: number; background: number }>;
  vfs: Record<Role, number>;
  /** What a stack's configuration says for it. */
  config: ScenarioConfig;
  /** Which arms of which experiments it is. */
  wantedBy: { experiment: string; arm: string }[];
}
