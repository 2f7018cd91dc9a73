import { componentTypes } from "../../infra/component-types.ts";
import { oneDecimal } from "../../lib/one-decimal.ts";
import { type Busy, busySeconds } from "../stack/busy-time.ts";
import type { ResourceTime } from "../stack/deployment-report.ts";
import type { Spent } from "./journal.ts";

/** What the resources of infra/ are made for. */
const kinds = ["runs", "load", "boot", "servers"] as const;
type Kind = (typeof kinds)[number];

/** What each component is made for; the places of VMs are in none, and are made for them. */
const kindOf: Readonly<Record<string, Kind>> = {
  [componentTypes.runs]: "runs",
  [componentTypes.load]: "load",
  [componentTypes.fleet]: "boot",
  [componentTypes.server]: "servers",
};

/**
 * Where the time of a deployment went.
 * @param resources what the engine was busy with
 * @param seconds that the deployment took
 * @param measuringSeconds windows and probes of the runs that it measured
 */
export function timeSpent(resources: readonly ResourceTime[], seconds: number, measuringSeconds: number): Spent {
  const busy = resources.map(
    ({ component, fromMs, toMs }): Busy<Kind> => ({ kind: kindOf[component] ?? "boot", fromMs, toMs }),
  );
  const { runs, load, boot, servers } = busySeconds(busy, kinds);
  const measuring = Math.min(runs, measuringSeconds);
  return {
    boot: oneDecimal(boot),
    load: oneDecimal(load),
    measuring: oneDecimal(measuring),
    ours: oneDecimal(runs - measuring + servers),
    engine: oneDecimal(Math.max(0, seconds - runs - load - boot - servers)),
  };
}
