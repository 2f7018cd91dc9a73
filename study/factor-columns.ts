import { canonicalJson } from "../lib/canonical.ts";
import type { Role } from "../lib/roles.ts";
import type { Cell, Column, FactorRow } from "./factor.ts";
import { type FactorTable, factorTable } from "./factors.ts";
import { recordedIn } from "./scenario.ts";

/** The factors' columns of the dataset's tables, in their order. */
export const factorColumnsOf = (table: FactorTable): readonly Column[] =>
  Object.values(table).flatMap(({ columns }) => columns.map(({ name, type, what }) => ({ name, type, what })));

/** What stands in these columns for a scenario's record. */
export const factorCellsOf = (record: object, table: FactorTable): Record<string, Cell> =>
  Object.fromEntries(
    Object.values(table).flatMap((row) => {
      const recorded = recordedIn(record, row) ?? undefined;
      return row.columns.map(({ name, absent, cell }) => [
        name,
        recorded === undefined ? absent : cell ? cell(recorded) : (recorded as Cell),
      ]);
    }),
  );

/** A run's factors as analyses use them, from their columns: in the study's terms, and by what a comparison makes of them. */
export interface RunFactors {
  /** How the two Main VMs are attached. */
  mains: Record<Role, string>;
  /** Background VMs on each server that has some, and how they are attached; 0 and null without any. */
  vms: number;
  background: string | null;
  /** What background VMs do and where; null for nothing. */
  load: { type: string; location: string } | null;
  /** Requested ping frequency. */
  ratePps: number;
  /** What scenarios are told apart by in tables, by name: the treatment and the factors that the study varies. */
  shown: Readonly<Record<string, Cell>>;
  /** Factors that the study varies and that must be equal in a pair, by key; "none" where one means nothing. */
  blocks: Readonly<Record<string, string | number>>;
  /** Factors that the study does not vary, as canonical JSON: those of any scenario, and those of the competition. */
  fixed: string;
  pressure: string;
  /** Where its replicate was measured, as canonical JSON. */
  place: string;
  /** All factors but where it was measured, as canonical JSON: runs of one scenario of the design, on whichever servers. */
  design: string;
}

const camelCase = (name: string) => name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
const isPlace = ({ role }: FactorRow) => role === "place";
const isOfCompetition = ({ remakes }: FactorRow) => remakes === "background VMs" || remakes === "load";

/** @param cells of every column of the factors */
export function runFactorsOf(cells: Readonly<Record<string, Cell>>, table: FactorTable = factorTable): RunFactors {
  const rows = Object.entries(table);
  const cell = (name: string) => cells[name] ?? null;
  const text = (name: string) => (cell(name) === null ? null : String(cell(name)));
  const json = (wanted: (row: FactorRow) => boolean) =>
    canonicalJson(
      Object.fromEntries(
        rows.flatMap(([, row]) => (wanted(row) ? row.columns.map(({ name }) => [name, cell(name)]) : [])),
      ),
    );
  const [type, location] = [text("load_type"), text("load_location")];
  const block = (value: Cell) => (value === null ? "none" : typeof value === "boolean" ? String(value) : value);
  return {
    mains: { sender: text("sender_driver") ?? "", responder: text("responder_driver") ?? "" },
    vms: Number(cell("background_vms")),
    background: text("background_driver"),
    load: type === null || location === null ? null : { type, location },
    ratePps: Number(cell("ping_rate_pps")),
    shown: Object.fromEntries(
      rows.flatMap(([, { role, columns }]) =>
        role === "fixed" || role === "place" ? [] : columns.map(({ name }) => [camelCase(name), cell(name)]),
      ),
    ),
    blocks: Object.fromEntries(
      rows.flatMap(([id, { role, columns }]) => {
        const [first] = columns;
        return role === "block" && first !== undefined ? [[id, block(cell(first.name))]] : [];
      }),
    ),
    fixed: json((row) => row.role === "fixed" && !isOfCompetition(row)),
    pressure: json((row) => row.role === "fixed" && isOfCompetition(row)),
    place: json(isPlace),
    design: json((row) => !isPlace(row)),
  };
}

/** What the study does not vary of a run, where it was measured included, as canonical JSON: what tables tell scenarios apart by. */
export const fixedAndPlace = ({ fixed, place }: Pick<RunFactors, "fixed" | "place">): string =>
  canonicalJson({ ...(JSON.parse(fixed) as object), ...(JSON.parse(place) as object) });

/** The cells of every column of the factors, by the columns' names: what `runFactorsOf` was given. */
export function factorCellsOfRun(
  { shown, fixed, pressure, place }: Pick<RunFactors, "shown" | "fixed" | "pressure" | "place">,
  table: FactorTable = factorTable,
): Record<string, Cell> {
  const others: Record<string, Cell> = Object.assign({}, ...[fixed, pressure, place].map((text) => JSON.parse(text)));
  return Object.fromEntries(
    factorColumnsOf(table).map(({ name }) => [name, shown[camelCase(name)] ?? others[name] ?? null]),
  );
}
