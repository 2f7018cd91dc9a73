import type { AskedProbeId } from "../../study/probes/asked-probes.ts";
import type { TimedFactors } from "../../study/terms.ts";
import { netperf } from "./netperf/probe.ts";
import { ping } from "./ping/probe.ts";
import type { Probe } from "./probe.ts";

/** The probe that every run has, and each that a scenario may ask for. */
const probesById: Readonly<Record<"ping" | AskedProbeId, Probe>> = { ping, netperf };

/** All probes, in the order in which a run measures with them; what goes by them takes others for the sake of tests. */
export const allProbes: readonly Probe[] = Object.values(probesById);

/** The probes of a scenario. */
export const probesOf = (factors: TimedFactors, all: readonly Probe[] = allProbes): Probe[] =>
  all.filter((probe) => probe.isAskedBy(factors));
