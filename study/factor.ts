import type { z } from "zod";
import type { Competition } from "./competition.ts";
import type { LinkSetting } from "./link-setting.ts";
import type { Problem } from "./problem.ts";

/** What of a configuration decides which factors mean anything. */
export interface FactorContext extends Competition {
  /** Probes beside ping (probes/asked-probes.ts). */
  probes: readonly string[];
}

/** A cell of a table. */
export type Cell = string | number | boolean | null;
type ColumnType = "VARCHAR" | "INTEGER" | "BIGINT" | "DOUBLE" | "BOOLEAN";

/** A column of the dataset. */
export interface Column<Name extends string = string> {
  name: Name;
  type: ColumnType;
  what: string;
}

/** A column of a factor, from what is recorded of it. */
export interface FactorColumn<Recorded, Name extends string = string> extends Column<Name> {
  /** The cell where nothing is recorded. */
  absent: null | number;
  /** Where it is not the recorded value itself. */
  cell?(recorded: NonNullable<Recorded>): Cell;
}

/**
 * Where a scenario's record holds a factor: by itself, or in a group. A group that means nothing in a scenario is null ("background",
 * "load"), or left out ("vlan", where all of it is 0).
 */
export type FactorGroup = "background" | "load" | "guest" | "vlan";
export type FactorPath = readonly [name: string] | readonly [group: FactorGroup, name: string];

/** A change of the factor that docs/scenario-changes.md looks at. */
interface ExampleChange {
  /** Left out where it is the factor's words. */
  what?: string;
  /** What else a scenario has before and after it. */
  given?: Readonly<Record<string, unknown>>;
  from?: unknown;
  to: unknown;
}

/**
 * A factor: a key of the configuration on which numbers depend by design. Its id is the key.
 * `Schema` is the key's, `Recorded` is what a manifest holds of it.
 */
export interface FactorRow<
  Schema extends z.ZodType = z.ZodType,
  Recorded extends z.ZodType = z.ZodType,
  Path extends FactorPath = FactorPath,
  Columns extends readonly FactorColumn<z.output<Recorded>>[] = readonly FactorColumn<z.output<Recorded>>[],
  Levels extends FactorLevels | undefined = FactorLevels | undefined,
> {
  /** What a sentence calls it. */
  words: string;
  /** Of its values; left out where they are names or counts. */
  unit?: string;
  /** Type, default and meaning of the key. */
  schema: Schema;
  recorded: Recorded;
  path: Path;
  columns: Columns;
  /**
   * What comparisons make of it. `treatment`: they compare its levels. `block`: the study varies it; two values make a pair only where
   * it is equal. `fixed`: the study does not vary it, and it must be equal too. `place`: it says where a replicate was measured, so two
   * values make a pair only where it is equal, and replicates of different values are different ones.
   */
  role: "treatment" | "block" | "fixed" | "place";
  /** What a change of it makes anew on the servers. */
  remakes: "background VMs" | "load" | "Main VMs" | "runs";
  /** Whether it means anything in a scenario; it always does where this is left out. */
  means?(config: FactorContext): boolean;
  /** What is recorded, where it is not the configured value; undefined for nothing. */
  record?(value: z.output<Schema>, config: FactorContext): z.input<Recorded> | undefined;
  /** What it makes of the Main VMs' network devices; nothing where it is left out. */
  mainLink?(value: z.output<Schema>): readonly LinkSetting[];
  /** Why a value cannot be had beside the others. @param values of every factor, by key */
  problems?(value: z.output<Schema>, values: Readonly<Record<string, unknown>>): Problem[];
  /** What it adds to a scenario's name. @param record the scenario's, where it matters whether somebody competes */
  inName?(recorded: z.output<Recorded> | undefined, record: { background: unknown }): string;
  /** How an experiment's file says its levels: a driver of each arm; a list of the experiment; or a list of each profile. */
  levels?: Levels;
  examples: readonly ExampleChange[];
}

/** Of an experiment's file: a factor of each arm, or a list of levels of the experiment or of each of its profiles. */
export type FactorLevels = { of: "arm" } | ListedLevels;
interface ListedLevels {
  of: "experiment" | "profile";
  /** The list's name in the file. */
  key: string;
  /** Whether it may be left out, where the key's default is meant. */
  optional?: true;
}

/** A row of the table, typed by itself. */
export const factor = <
  Schema extends z.ZodType,
  Recorded extends z.ZodType,
  const Path extends FactorPath,
  const Columns extends readonly FactorColumn<z.output<Recorded>>[],
  const Levels extends FactorLevels | undefined = undefined,
>(
  row: FactorRow<Schema, Recorded, Path, Columns, Levels>,
): FactorRow<Schema, Recorded, Path, Columns, Levels> => row;
