import type { FactorRow } from "../factor.ts";

/** Programs by the Debian package that has them. */
export type Packages = Readonly<Record<string, readonly string[]>>;

/** A factor of a probe: it is recorded by itself, under the name of its key. */
type ProbeParameter<Id extends string> = FactorRow & { path: readonly [Id] };

/** A probe that a scenario may ask for beside ping. What it is and does stands in `measure/probes/`. */
export interface AskedProbe<Parameters = Readonly<Record<string, FactorRow>>> {
  /** What it measures, as the configuration's documentation goes on. */
  what: string;
  /** Programs that it runs in endpoints, by Debian package. */
  packages: Packages;
  /** Factors by their keys in the configuration. The table of probes adds that they mean nothing in scenarios without the probe. */
  parameters: Parameters;
}

/** A probe, typed by itself. */
export const askedProbe = <const Parameters extends { readonly [Id in keyof Parameters & string]: ProbeParameter<Id> }>(
  probe: AskedProbe<Parameters>,
): AskedProbe<Parameters> => probe;
