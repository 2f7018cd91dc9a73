import type { TimedFactors } from "../../study/terms.ts";
import { ping } from "./ping/probe.ts";
import type { Probe } from "./probe.ts";

/** All probes, in the order in which a run measures with them; what goes by them takes others for the sake of tests. */
export const allProbes: readonly Probe[] = [ping];

/** The probes of a scenario. */
export const probesOf = (factors: TimedFactors, all: readonly Probe[] = allProbes): Probe[] =>
  all.filter((probe) => probe.isAskedBy(factors));
