import { z } from "zod";
import { canonicalJson, sha256 } from "../lib/canonical.ts";
import { sha256Schema } from "../lib/sha256-schema.ts";
import type { FactorContext, FactorGroup, FactorRow } from "./factor.ts";
import { type FactorId, type FactorTable, factors } from "./factors.ts";

type Rows = typeof factors;

/** Values of all factors, as a stack's configuration has them. */
export type FactorValues = { [Id in FactorId]: z.output<Rows[Id]["schema"]> };

/** What of a group is recorded in a scenario where it means nothing. */
const groups: Record<FactorGroup, "null when empty" | "always" | "left out when all are 0"> = {
  background: "null when empty",
  load: "null when empty",
  guest: "always",
  vlan: "left out when all are 0",
};
const groupNames = Object.keys(groups) as FactorGroup[];

type PlainShape = {
  [Id in FactorId as Rows[Id]["path"] extends readonly [infer Name extends string]
    ? Name
    : never]: Rows[Id]["recorded"];
};
type GroupShape<Group extends FactorGroup> = z.ZodObject<{
  [Id in FactorId as Rows[Id]["path"] extends readonly [Group, infer Name extends string]
    ? Name
    : never]: Rows[Id]["recorded"];
}>;
type FactorsSchema = z.ZodObject<
  PlainShape & {
    background: z.ZodNullable<GroupShape<"background">>;
    load: z.ZodNullable<GroupShape<"load">>;
    guest: GroupShape<"guest">;
    vlan: z.ZodOptional<GroupShape<"vlan">>;
  }
>;

function groupSchema(table: FactorTable, group: FactorGroup): z.ZodType {
  const members = Object.values(table).flatMap(({ path: [first, name], recorded }) =>
    first === group && name !== undefined ? [[name, recorded] as const] : [],
  );
  const schema = z.object(Object.fromEntries(members));
  if (groups[group] === "null when empty") return schema.nullable();
  return groups[group] === "always" ? schema : schema.optional();
}

/** What a manifest holds of a scenario's factors. */
export const recordSchemaOf = (table: FactorTable): z.ZodObject =>
  z.object({
    ...Object.fromEntries(
      Object.values(table).flatMap(({ path: [name, inside], recorded }) =>
        inside === undefined ? [[name, recorded]] : [],
      ),
    ),
    ...Object.fromEntries(groupNames.map((group) => [group, groupSchema(table, group)])),
  });
const factorsSchema = recordSchemaOf(factors) as unknown as FactorsSchema;

/**
 * What a run's numbers depend on by design, as manifests hold it: `background` and `load` are null where there are none, `vlan` is
 * left out where there is none at all. Members are only added, never renamed.
 */
export type Factors = z.infer<typeof factorsSchema>;

/** A scenario: its factors, their hash (of their canonical JSON; the number of runs is no factor), and a name for people. */
export const scenarioSchema = z.object({
  name: z.string(),
  sha256: sha256Schema,
  factors: factorsSchema,
});
export type Scenario = z.infer<typeof scenarioSchema>;

/** What a record holds of a factor; undefined for nothing. */
export function recordedIn(record: object, { path: [first, name] }: Pick<FactorRow, "path">): unknown {
  const member = (record as Readonly<Record<string, unknown>>)[first];
  if (name === undefined) return member;
  return member === null || typeof member !== "object" ? undefined : (member as Record<string, unknown>)[name];
}

/**
 * What is recorded of a configuration. What means nothing in it is left out, so that equal scenarios are equal.
 * @param values of every factor of the table
 */
export function recordOf(values: Readonly<Record<string, unknown>> & FactorContext, table: FactorTable): object {
  const record: Record<string, unknown> = {};
  for (const [id, row] of Object.entries(table)) {
    const means = row.means?.(values) ?? true;
    const value = means ? (row.record ? row.record(values[id], values) : values[id]) : undefined;
    const [first, name] = row.path;
    if (name !== undefined) {
      const group = { ...(record[first] as object | undefined), ...(value !== undefined && { [name]: value }) };
      record[first] = group;
    } else if (value !== undefined) record[first] = value;
  }
  for (const group of groupNames) {
    const members = Object.values(record[group] ?? {});
    if (groups[group] === "null when empty" && members.length === 0) record[group] = null;
    if (groups[group] === "left out when all are 0" && members.every((value) => value === 0)) delete record[group];
  }
  return record;
}

/** A scenario by what is recorded of it. */
export function scenarioOfRecord(record: Factors): Scenario {
  const hash = sha256(canonicalJson(record));
  const parts = Object.values(factors as FactorTable).map((row) => row.inName?.(recordedIn(record, row), record) ?? "");
  return { name: `${parts.join("")}_${hash.slice(0, 8)}`, sha256: hash, factors: record };
}

/** The scenario of a stack's configuration. */
export const scenarioOf = (values: FactorValues): Scenario =>
  scenarioOfRecord(recordOf({ ...values }, factors) as Factors);
