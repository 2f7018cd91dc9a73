import type { CaptureRequest, Probe, ProbeBudget, ProbeCommand } from "../probes/probe.ts";
import { probesOf } from "../probes/registry.ts";
import type { RunSpec } from "./spec.ts";

/** A probe of one attempt at a run, and what follows from the run for it. */
export interface ProbeTask {
  probe: Probe;
  parameters: Record<string, unknown>;
  budget: ProbeBudget;
  capture: CaptureRequest | null;
  command: ProbeCommand;
  /** Of this attempt and no other: it is in the names of its files in the guest. */
  seed: number;
}

/** What an attempt has to do, in order. @param seed drawn for it, 32 bits */
export function tasksOf({ scenario, fidelity, ends }: RunSpec, seed: number, probes: readonly Probe[]): ProbeTask[] {
  const { factors } = scenario;
  const talking = { sender: ends.sender.main, responder: ends.responder.main };
  return probesOf(factors, probes).map((probe) => {
    const parameters = probe.parameters.parse(probe.parametersOf(factors, seed));
    return {
      probe,
      parameters,
      budget: probe.budget(factors, fidelity),
      capture: probe.capture(parameters, talking),
      command: probe.run(parameters, talking),
      seed,
    };
  });
}
