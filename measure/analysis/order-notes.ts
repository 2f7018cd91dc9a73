import { counted } from "../../lib/counted.ts";
import type { RunRecord } from "../dataset/run-record.ts";
import { confounding, orderKinds } from "../results/order.ts";
import { campaignOf } from "./campaigns.ts";
import { blockOf } from "./drift.ts";

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
    ...(late > 0 ? [`${counted(late, "deployment")} measured later than planned; drift goes by when they were`] : []),
  ];
}
