import type { FactorRow } from "./factor.ts";
import {
  backgroundCpus,
  backgroundDriver,
  backgroundMemoryMiB,
  backgroundVlan,
  backgroundVms,
} from "./factors/background.ts";
import { cpuSampling } from "./factors/cpu-sampling.ts";
import { loadLocation, loadType } from "./factors/load.ts";
import { guestCpus, guestMemoryMiB, mainDriver, mainVlan } from "./factors/main-vms.ts";
import { mtu } from "./factors/mtu.ts";
import { packetCapture } from "./factors/packet-capture.ts";
import { cpuWindowSeconds, frameBytes, neighbour, packets, pingRatePps } from "./factors/ping.ts";
import { probes } from "./factors/probes.ts";
import { serverPair } from "./factors/server-pair.ts";
import type { LinkSetting } from "./link-setting.ts";
import { loadParameters } from "./loads/loads.ts";
import { probeParameters } from "./probes/asked-probes.ts";
import type { Problem } from "./problem.ts";

/**
 * What a run's numbers depend on by design, a row a factor by its key of the configuration: whatever lists factors goes by this
 * table, in its order.
 */
export const factors = {
  mainDriver,
  backgroundVms,
  backgroundDriver,
  backgroundMemoryMiB,
  backgroundCpus,
  backgroundVlan,
  loadType,
  loadLocation,
  ...loadParameters,
  pingRatePps,
  packets,
  frameBytes,
  neighbour,
  cpuWindowSeconds,
  probes,
  ...probeParameters,
  guestMemoryMiB,
  guestCpus,
  mainVlan,
  mtu,
  packetCapture,
  cpuSampling,
  serverPair,
} as const;

export type FactorId = keyof typeof factors;

/** A table of factors; what derives from it takes another one for the sake of tests. */
export type FactorTable = Readonly<Record<string, FactorRow>>;
export const factorTable: FactorTable = { ...factors };

/** What of the factors of a configuration cannot be had together. @param values of every factor, by key */
export const factorProblems = (
  values: Readonly<Record<string, unknown>>,
  table: FactorTable = factorTable,
): Problem[] => Object.entries(table).flatMap(([id, row]) => row.problems?.(values[id], values) ?? []);

/** What the factors make of the Main VMs' network devices. @param values of every factor, by key */
export const mainLinkSettings = (
  values: Readonly<Record<string, unknown>>,
  table: FactorTable = factorTable,
): readonly LinkSetting[] => Object.entries(table).flatMap(([id, row]) => row.mainLink?.(values[id]) ?? []);

/** The keys of a stack's configuration that are factors, as zod takes them. */
export const factorShapeOf = (table: FactorTable): Record<string, FactorRow["schema"]> =>
  Object.fromEntries(Object.entries(table).map(([id, { schema }]) => [id, schema]));
export const factorShape = factorShapeOf(factors) as { [Id in FactorId]: (typeof factors)[Id]["schema"] };
