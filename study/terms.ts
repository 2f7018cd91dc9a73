import type { FactorId } from "./factors.ts";
import type { probeParameters } from "./probes/asked-probes.ts";
import type { Factors } from "./scenario.ts";

/*
 * Where a rule or a program is about one factor and no other: the few names by which they know it. Everything else goes by the table.
 */

/** Keys of the configuration by what VMs have. */
export const mainVmKeys = {
  driver: "mainDriver",
  vlan: "mainVlan",
  memoryMiB: "guestMemoryMiB",
  vcpus: "guestCpus",
} as const satisfies Record<string, FactorId>;
export const backgroundVmKeys = {
  vms: "backgroundVms",
  driver: "backgroundDriver",
  vlan: "backgroundVlan",
  memoryMiB: "backgroundMemoryMiB",
  vcpus: "backgroundCpus",
} as const satisfies Record<string, FactorId>;
/** The key of ping's frequency. */
export const rateKey = "pingRatePps" satisfies FactorId;

/** The key of which pair of servers it is. */
export const pairKey = "serverPair" satisfies FactorId;

/** What is recorded of Main VMs that are attached alike. */
export const alikeMains = (driver: string) => ({ [mainVmKeys.driver]: { sender: driver, responder: driver } }) as const;

/** What decides how long ping and its windows take. */
export interface RunTiming {
  packets: number;
  ratePps: number;
  /** Of CPU usage. */
  windowSeconds: number;
}
/** What a probe's time can depend on: ping's factors, which probes there are beside it, and their own. */
export type TimedFactors = Pick<
  Factors,
  "packets" | "pingRatePps" | "cpuWindowSeconds" | "probes" | keyof typeof probeParameters
>;

/** Of a configuration, or of what is recorded of it. */
export const timingOf = ({ packets, pingRatePps, cpuWindowSeconds }: TimedFactors): RunTiming => ({
  packets,
  ratePps: pingRatePps,
  windowSeconds: cpuWindowSeconds,
});

/** The factors that it is made of. */
export const timedFactors = ({ packets, ratePps, windowSeconds }: RunTiming): TimedFactors => ({
  packets,
  pingRatePps: ratePps,
  cpuWindowSeconds: windowSeconds,
});

/** What decides how often a packet is captured: of a configuration, or of what is recorded of it. */
export interface CapturedFactors {
  packetCapture?: string | undefined;
}
/** How many captures there are at each point where packets can be captured. */
export function capturesPerPoint({ packetCapture }: CapturedFactors): number {
  if (packetCapture === "none") return 0;
  return packetCapture === "twice" ? 2 : 1;
}

/** Why there is none at any point, where that is asked for. */
export const capturesOff = "captures are switched off (packetCapture: none)";

/** Why a run has no CPU usage; null where it has. Of a configuration, or of what is recorded of it. */
export const whyUnsampled = ({ cpuSampling }: { cpuSampling?: string | undefined }): string | null =>
  cpuSampling === "none" ? "mpstat is switched off (cpuSampling: none)" : null;

/** The scenario in which docs/scenario-changes.md changes one factor after the other. */
export const exampleScenario = {
  [mainVmKeys.driver]: "virtio-bridge",
  [backgroundVmKeys.vms]: 8,
  [backgroundVmKeys.driver]: "virtio-bridge",
  loadType: "cpu",
  loadLocation: "sender",
} as const satisfies Partial<Record<FactorId, unknown>>;
