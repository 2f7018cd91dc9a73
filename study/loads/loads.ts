import { z } from "zod";
import { type Role, roles } from "../../lib/roles.ts";
import { type Competition, competes, hasLoad, isLoaded } from "../competition.ts";
import type { FactorRow } from "../factor.ts";
import { cpuLoad } from "./cpu.ts";
import type { LoadKind, LoadPlace, LoadShare } from "./load-kind.ts";
import { memoryLoad } from "./memory.ts";
import { networkLoad } from "./network.ts";

/** The kinds of load, by the word that asks for them in a configuration: whatever lists kinds goes by this table, in its order. */
export const loadKinds = { cpu: cpuLoad, network: networkLoad, memory: memoryLoad } as const;
export type LoadKindId = keyof typeof loadKinds;

/** A table of kinds; what derives from it takes another one for the sake of tests. */
export type LoadKinds = Readonly<Record<string, LoadKind>>;

type ParametersOf<Id extends LoadKindId> = (typeof loadKinds)[Id]["parameters"];
type Joined<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** A parameter of a kind as a factor that means something under that kind alone; its examples are of scenarios with it. */
const underLoad = (type: string, row: FactorRow): FactorRow => ({
  ...row,
  means: (config) => hasLoad(config, type),
  examples: row.examples.map((example) => ({
    ...example,
    given: { ...example.given, ...({ loadType: type } satisfies Partial<Competition>) },
  })),
});

/** The factors of all kinds, as rows of the table of factors. */
export const loadParametersOf = (kinds: LoadKinds): LoadKind["parameters"] =>
  Object.fromEntries(
    Object.entries(kinds).flatMap(([type, { parameters }]) =>
      Object.entries(parameters).map(([id, row]) => [id, underLoad(type, row)]),
    ),
  );
export const loadParameters = loadParametersOf(loadKinds) as Joined<
  { [Id in LoadKindId]: ParametersOf<Id> }[LoadKindId]
>;

/** What one server's background VMs do: of type "none" nothing, else what the kind of that id has planned for them. */
export interface LoadPlan {
  readonly type: string;
  readonly [parameter: string]: unknown;
}

/** The plan of VMs that do nothing. */
const idle: LoadPlan = { type: "none" };

/** Of a plan that a program is handed. @returns a schema with a case for each kind, and one for none */
export const loadPlanSchemaOf = (kinds: LoadKinds): z.ZodType<LoadPlan> =>
  z.discriminatedUnion("type", [
    z.object({ type: z.literal(idle.type) }),
    ...Object.entries(kinds).map(([id, { plan }]) => plan.extend({ type: z.literal(id) })),
  ]) as unknown as z.ZodType<LoadPlan>;

/** The kind of a plan, or of a configuration; undefined where VMs do nothing. */
export const kindOf = (type: string, kinds: LoadKinds = loadKinds): LoadKind | undefined =>
  Object.hasOwn(kinds, type) ? kinds[type] : undefined;

/**
 * Whether what makes a load runs during runs alone on servers that share a clock: VMs that talk to others of the other server. Out of step
 * the clock of a busy server goes on more slowly than that of the other one, which so sends it more than was asked for.
 */
export const runsInStepAlone = (type: string, kinds: LoadKinds = loadKinds): boolean =>
  kindOf(type, kinds)?.talks ?? false;

/** What the background VMs of a server do. @param config with values of the kinds' parameters by key */
export function loadPlanOf(
  config: Competition & Readonly<Record<string, unknown>>,
  place: LoadPlace,
  kinds: LoadKinds = loadKinds,
): LoadPlan {
  const plan = hasLoad(config) ? kindOf(config.loadType, kinds)?.planFor(config, place) : undefined;
  return plan === undefined ? idle : { type: config.loadType, ...plan };
}

/** The servers that have background VMs: where the load is, or both where its kind needs that, and where there is none. */
export const competingServers = (config: Competition, kinds: LoadKinds = loadKinds): Role[] =>
  roles.filter(
    (role) => competes(config) && ((kindOf(config.loadType, kinds)?.needsBothFleets ?? true) || isLoaded(config, role)),
  );

/** The least that each VM under a load must be seen to do in a run, by rate; a rate of which nothing is to be seen is left out. */
export const leastRates = (
  load: LoadPlan,
  share: LoadShare,
  kinds: LoadKinds = loadKinds,
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    (kindOf(load.type, kinds)?.signs ?? [])
      .map((sign) => [sign.rate, sign.least(load, share)] as const)
      .filter(([, least]) => least > 0),
  );

/** The rates of what guests count, kind by kind, as records call them. */
export const guestRatesOf = (kinds: LoadKinds): string[] =>
  Object.values(kinds).flatMap(({ counters }) => Object.values(counters?.rates ?? {}));
type GuestRate = NonNullable<(typeof loadKinds)[LoadKindId]["counters"]>["rates"][string];

/** The shape of a record with a member for each of them. */
export const guestRateShapeOf = <Schema extends z.ZodType>(schema: Schema, kinds: LoadKinds) =>
  Object.fromEntries(guestRatesOf(kinds).map((rate) => [rate, schema])) as Record<GuestRate, Schema>;

/** What background VMs do: "CPU load", "network load to the responder". */
export function loadWords(competition: Competition): string {
  const kind = hasLoad(competition) ? kindOf(competition.loadType) : undefined;
  if (kind === undefined) return "idle";
  if (!kind.talks) return kind.words;
  const { loadLocation } = competition;
  return `${kind.words} ${loadLocation === "both" ? "both ways" : `to the ${loadLocation}`}`;
}
