import { z } from "zod";
import type { FactorLevels } from "../../study/factor.ts";
import { type FactorId, type FactorTable, type factors, factorTable } from "../../study/factors.ts";

type Rows = typeof factors;
type Given<Schema> = Schema extends z.ZodDefault<infer Inner> ? Inner : Schema;
type ArmShape = {
  [Id in FactorId as Extract<Rows[Id]["levels"], { of: "arm" }> extends never ? never : Id]: Given<Rows[Id]["schema"]>;
};
type LevelShape<Of extends FactorLevels["of"]> = {
  [Id in FactorId as Extract<Rows[Id]["levels"], { of: Of; key: string }>["key"]]: Rows[Id]["levels"] extends {
    optional: true;
  }
    ? z.ZodOptional<z.ZodArray<Given<Rows[Id]["schema"]>>>
    : z.ZodArray<Given<Rows[Id]["schema"]>>;
};

/** An experiment names every level itself: a key's default is none. */
const withoutDefault = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodDefault ? (schema.unwrap() as z.ZodType) : schema;

const listOf = (level: z.ZodType) =>
  z
    .array(level)
    .min(1, "at least one level")
    .refine((all) => new Set(all.map((level) => JSON.stringify(level))).size === all.length, "each level once");

/** Factors of which an experiment's file gives lists of levels, with the list's name in the file, in the order of the table. */
export const leveledFactors = (of: "experiment" | "profile", table: FactorTable = factorTable) =>
  Object.entries(table).flatMap(([id, { levels, schema }]) =>
    levels?.of === of ? [{ id, key: levels.key, schema, mayBeLeftOut: levels.optional === true }] : [],
  );

/** Factors that each arm of an experiment has. */
export const armFactors = Object.entries(factorTable).flatMap(([id, { levels }]) => (levels?.of === "arm" ? [id] : []));

export const armShape = Object.fromEntries(
  armFactors.map((id) => [id, withoutDefault((factorTable[id] as FactorTable[string]).schema)]),
) as unknown as ArmShape;

/** The lists of levels of an experiment or of a profile, as zod takes them. */
export const levelShape = <Of extends "experiment" | "profile">(of: Of): LevelShape<Of> =>
  Object.fromEntries(
    leveledFactors(of).map(({ key, schema, mayBeLeftOut }) => {
      const list = listOf(withoutDefault(schema));
      return [key, mayBeLeftOut ? list.optional() : list];
    }),
  ) as unknown as LevelShape<Of>;

/** Keys of the configuration that an experiment's levels and arms set, as zod's `omit` takes them. */
export const leveledKeys = Object.fromEntries(
  Object.entries(factorTable).flatMap(([id, { levels }]) => (levels ? [[id, true]] : [])),
) as { [Id in FactorId as Extract<Rows[Id]["levels"], FactorLevels> extends never ? never : Id]: true };
