import type { PlainTable } from "../../measure/analysis/print/table.ts";
import type { UpdateReport } from "../../measure/dataset/update.ts";

/** Runs that are in no number, and why. */
export const leftOutTable = ({ leftOut, setAside }: Pick<UpdateReport, "leftOut" | "setAside">): PlainTable => ({
  title: "Runs that are in no number",
  head: ["folder", "why"],
  rows: [
    ...leftOut.map(({ folder, why }) => [folder, why]),
    ...setAside.map((folder) => [folder, "set aside when it was measured: its manifest.json says why"]),
  ],
  notes: leftOut.length + setAside.length === 0 ? ["every run that was found counts"] : [],
});
