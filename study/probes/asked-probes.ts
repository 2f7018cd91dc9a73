import type { FactorRow } from "../factor.ts";
import type { AskedProbe, Packages } from "./asked-probe.ts";
import { askedNetperf } from "./netperf.ts";

/** A table of probes; what derives from it takes another one for the sake of tests. */
export type AskedProbes = Readonly<Record<string, AskedProbe>>;

/** The probes that a scenario may ask for, by the word for each, in the order in which a run measures with them after ping. */
export const askedProbes = { netperf: askedNetperf } as const satisfies AskedProbes;
type Table = typeof askedProbes;
export type AskedProbeId = keyof Table;

/** What ping runs, which every run measures with. */
const pingPackages: Packages = { "iputils-ping": ["ping"] };

/** Programs that probes run in endpoints, by Debian package. @param asked those of a scenario; all by default */
export const probePackages = (
  asked: readonly string[] = Object.keys(askedProbes),
  table: AskedProbes = askedProbes,
): Packages => Object.assign({}, pingPackages, ...asked.map((id) => table[id]?.packages));

type ParameterId = { [Id in AskedProbeId]: keyof Table[Id]["parameters"] }[AskedProbeId];
type ParameterRow<Key> = {
  [Id in AskedProbeId]: Key extends keyof Table[Id]["parameters"] ? Table[Id]["parameters"][Key] : never;
}[AskedProbeId];

/** A parameter of a probe as a factor that means something in scenarios with it alone, of which its examples are. */
const underProbe = (id: string, row: FactorRow): FactorRow => ({
  ...row,
  means: ({ probes }) => probes.includes(id),
  examples: row.examples.map((example) => ({ ...example, given: { ...example.given, probes: [id] } })),
});

/** The factors of all probes, as rows of the table of factors. */
export const probeParametersOf = (table: AskedProbes): AskedProbe["parameters"] =>
  Object.fromEntries(
    Object.entries(table).flatMap(([probe, { parameters }]) =>
      Object.entries(parameters).map(([id, row]) => [id, underProbe(probe, row)]),
    ),
  );
export const probeParameters = probeParametersOf(askedProbes) as { [Key in ParameterId]: ParameterRow<Key> };
