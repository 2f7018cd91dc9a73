import type { RunRecord } from "../../measure/dataset/run-record.ts";
import { type RunFactors, runFactorsOf } from "../../study/factor-columns.ts";
import { type MadeRun, madeRun } from "./study-runs.ts";

const others = { background_vms: 0, ping_rate_pps: 1000, frame_bytes: 64 };

const idsOf = (made: MadeRun, factors: RunFactors) => ({
  scenarioSha256: JSON.stringify(factors),
  directory: JSON.stringify([made, factors]),
});

/** A run of which the host saw no packet. */
export const uncaptured = (run: RunRecord): RunRecord => {
  const unseen = { unavailable: "no packet was captured" };
  return { ...run, metrics: { ...run.metrics, overhead: unseen, responseTime: unseen } };
};

/** A made-up run without captures. @param own factors in which it differs from `captured` besides */
export const without = (made: MadeRun, own: Record<string, string | number> = {}): RunRecord =>
  captured(made, { packet_capture: "none", ...own });
/** The same run with captures. @param own factors that it has besides */
export const captured = (made: MadeRun, own: Record<string, string | number> = {}): RunRecord => {
  const main = made.main ?? "virtio-bridge";
  const factors = runFactorsOf({ sender_driver: main, responder_driver: main, ...others, ...own });
  return { ...madeRun(made), ...factors, ...(Object.keys(own).length > 0 && idsOf(made, factors)) };
};

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

const notSampled = { unavailable: "mpstat is off" };

/**
 * A campaign of captures once, not at all and twice, each with mpstat and without.
 * @param mains the drivers
 * @param times so many times as long as without any of it an RTT is for a capture at each point, and for mpstat
 */
export const crossedCaptures = (
  mains: readonly string[],
  times = (_replicate: number) => ({ capture: 1.2, mpstat: 1.1 }),
): RunRecord[] =>
  mains.flatMap((main) =>
    replicates.flatMap((replicate) =>
      [0, 1, 2].flatMap((captures) => {
        const { capture, mpstat } = times(replicate);
        const rttMs = replicate * capture ** captures;
        const capturing = { 0: { packet_capture: "none" }, 1: {}, 2: { packet_capture: "twice" } }[captures] ?? {};
        const made = { main, replicate, cpu: 30 + 5 * captures };
        const runs = [
          captured({ ...made, rttMs: rttMs * mpstat }, capturing),
          {
            ...captured({ ...made, rttMs }, { ...capturing, cpu_sampling: "none" }),
            cpu: { cpuSender: notSampled, cpuResponder: notSampled },
          },
        ];
        return captures > 0 ? runs : runs.map(uncaptured);
      }),
    ),
  );
