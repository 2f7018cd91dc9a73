import { counted } from "../../lib/counted.ts";
import type { RunRecord } from "../dataset/run-record.ts";
import { confounding, orderKinds } from "../results/order.ts";
import { campaignOf } from "./campaigns.ts";
import { countDeployments, type Deployment, deploymentsOf } from "./deployments.ts";
import { blockOf } from "./drift.ts";

/** Scenarios of whole plots that were measured in other VMs than the most of their plot: those that failed at first, mostly. */
function outOfPlot(all: readonly Deployment[]): number {
  const known = all.filter(({ run }) => run.order?.plot !== undefined && run.mainVms !== null);
  const plots = Map.groupBy(known, ({ run }) => `${blockOf(run)} ${run.order?.plot}`);
  return [...plots.values()].reduce((sum, plot) => {
    const groups = [...Map.groupBy(plot, ({ vms }) => vms).values()].map(({ length }) => length);
    return sum + plot.length - Math.max(...groups);
  }, 0);
}

/** What scenarios that were measured in the same VMs have in common, as a sentence; empty where each had VMs of its own. */
function sharingNotes(all: readonly Deployment[]): string[] {
  const deployments = countDeployments(all);
  if (deployments === all.length) return [];
  return [
    `${counted(all.length, "scenario")} of replicates were measured in ${counted(deployments, "deployment")} of VMs: those of one deployment share what this has of its own, and count as one beside others`,
  ];
}

/** Deployments that were measured after one which was planned to come later: those that failed at first, mostly. */
function outOfPlace(runs: readonly RunRecord[]): number {
  const planned = runs.flatMap((run) => (run.order ? [{ ...run, order: run.order }] : []));
  const blocks = Map.groupBy(planned, blockOf);
  let found = 0;
  for (const block of blocks.values()) {
    const starts = new Map<number, number>();
    for (const { order, started } of block) {
      const time = Date.parse(started);
      starts.set(order.position, Math.min(time, starts.get(order.position) ?? time));
    }
    for (const [position, time] of starts)
      if ([...starts].some(([later, other]) => later > position && other < time)) found += 1;
  }
  return found;
}

/**
 * What the order in which runs were deployed means for whoever compares drivers or loads, as sentences: that a fixed order
 * confounds, that an order is not known, that the planned one was not kept.
 */
export function orderNotes(runs: readonly RunRecord[]): string[] {
  const fixed = orderKinds.flatMap((kind) => {
    const number = runs.filter(({ order }) => order?.kind === kind).length;
    const why = confounding[kind];
    return why === null || number === 0 ? [] : [`${counted(number, "run")} deployed in the order ${kind}: ${why}`];
  });
  const unknown = runs.filter(({ order }) => order === null).length;
  const late = outOfPlace(runs);
  const deployments = deploymentsOf(runs);
  const apart = outOfPlot(deployments);
  const campaigns = new Set(runs.map(campaignOf)).size;
  return [
    ...fixed,
    ...(unknown > 0
      ? [
          `${counted(unknown, "run")} without a planned order: a drift of the machine may look like an effect of a driver`,
        ]
      : []),
    ...(campaigns > 1
      ? [
          `the runs are of ${campaigns} campaigns or folders, deployed in orders of their own: what differs between these may be due to the day, and their deployments make no pairs`,
        ]
      : []),
    ...sharingNotes(deployments),
    ...(apart > 0
      ? [
          `${counted(apart, "scenario")} measured in other VMs than the rest of the whole plot; comparisons go by the VMs`,
        ]
      : []),
    ...(late > 0 ? [`${counted(late, "deployment")} measured later than planned; drift goes by when they were`] : []),
  ];
}
