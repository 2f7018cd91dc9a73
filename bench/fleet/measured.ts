import type { BenchRow } from "../bench-row.ts";
import { medianOf, spread } from "../spread.ts";

/** What was measured, in seconds, in the order in which it was. */
export interface Measured {
  vms: number;
  parallelStarts: number;
  /** Share of all CPUs that others took at most when a measurement began. */
  busyBefore: number;
  up: number[];
  withPreview: number[];
  script: number[];
  unchanged: number[];
  grown: number[];
  scriptGrown: number[];
  destroyed: number[];
}

const text = (values: readonly number[]): string =>
  values.length > 1 ? `${spread(values, 1)} s` : `${medianOf(values).toFixed(1)} s`;

/** Each value against the one that was measured beside it. */
function times(values: readonly number[], beside: readonly number[]): string {
  const ratios = values.map((value, index) => value / (beside[index] ?? Number.NaN));
  const range = ratios.length > 1 ? ` (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})` : "";
  return `${(medianOf(values) / medianOf(beside)).toFixed(2)} times the script${range}`;
}

/** The table: medians, least and most; ratios of medians, and of what was measured one after the other. */
export function rowsOf(measured: Measured): BenchRow[] {
  const { vms, parallelStarts, busyBefore, up, withPreview, script, unchanged, grown, scriptGrown, destroyed } =
    measured;
  // The script ran after each deployment, first without a preview, then with one.
  const besideUp = script.filter((_, index) => index % 2 === 0);
  const besidePreview = script.filter((_, index) => index % 2 === 1);
  const half = `${Math.floor(vms / 2)} to ${vms} VMs`;
  return [
    { what: `virsh script, ${vms} VMs, ${parallelStarts} side by side`, value: text(script) },
    { what: `pulumi up, ${vms} VMs, ${parallelStarts} side by side`, value: text(up), ratios: times(up, besideUp) },
    { what: "the same with its preview", value: text(withPreview), ratios: times(withPreview, besidePreview) },
    { what: "pulumi up again, nothing changed", value: text(unchanged) },
    { what: `virsh script, ${half}`, value: text(scriptGrown) },
    { what: `pulumi up, ${half}`, value: text(grown), ratios: times(grown, scriptGrown) },
    { what: "pulumi destroy", value: text(destroyed) },
    { what: "others took of the CPUs at most, when a measurement began", value: `${(100 * busyBefore).toFixed(0)} %` },
  ];
}
