import type { RunRecord } from "../../measure/dataset/run-record.ts";
import { runFactorsOf } from "../../study/factor-columns.ts";
import { type MadeRun, madeRun } from "./study-runs.ts";

const bridge = { sender_driver: "virtio-bridge", responder_driver: "virtio-bridge" };
const others = { background_vms: 0, ping_rate_pps: 1000, frame_bytes: 64 };

/** A made-up run without captures. @param own factors in which it differs from `captured` besides */
export const without = (made: MadeRun, own: Record<string, string | number> = {}): RunRecord => {
  const main = { sender_driver: made.main ?? "virtio-bridge", responder_driver: made.main ?? "virtio-bridge" };
  const factors = runFactorsOf({ ...main, ...others, packet_capture: "none", ...own });
  return {
    ...madeRun(made),
    ...factors,
    scenarioSha256: JSON.stringify(factors),
    directory: JSON.stringify([made, own]),
  };
};
/** The same run with captures. */
export const captured = (made: MadeRun): RunRecord => ({
  ...madeRun(made),
  ...runFactorsOf({
    ...bridge,
    ...others,
    sender_driver: made.main ?? "virtio-bridge",
    responder_driver: made.main ?? "virtio-bridge",
  }),
});

const replicates = [1, 2, 3, 4, 5, 6, 7];

/**
 * A campaign in which each replicate has a level of its own.
 * @param mains the drivers
 * @param slower so many times as long captures make an RTT
 */
export const capturedAndNot = (mains: readonly string[], slower = (_replicate: number) => 1.5): RunRecord[] =>
  mains.flatMap((main) =>
    replicates.flatMap((replicate) => [
      captured({ main, replicate, rttMs: slower(replicate) * replicate, cpu: 40 }),
      without({ main, replicate, rttMs: replicate, cpu: 30 }),
    ]),
  );
