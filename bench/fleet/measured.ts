import type { BenchRow } from "../bench-row.ts";

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

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

function text(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const range = values.length > 1 ? ` (${least.toFixed(1)} to ${most.toFixed(1)})` : "";
  return `${median(values).toFixed(1)} s${range}`;
}

/** Each value against the one that was measured beside it. */
function times(values: readonly number[], beside: readonly number[]): string {
  const ratios = values.map((value, index) => value / (beside[index] ?? Number.NaN));
  const range = ratios.length > 1 ? ` (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})` : "";
  return `${(median(values) / median(beside)).toFixed(2)} times the script${range}`;
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
