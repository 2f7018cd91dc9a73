import { runBudget } from "../../measure/probe/budget.ts";
import type { Fidelity } from "../../measure/results/fidelity.ts";
import { driverAt } from "../../study/competition.ts";
import { leastGuestMiB } from "../../study/factors/main-vms.ts";
import type { Problem } from "../../study/problem.ts";
import type { FactorValues } from "../../study/scenario.ts";
import { type CapturedFactors, mainVmKeys, type TimedFactors } from "../../study/terms.ts";
import { endpointOf } from "../vm/drivers.ts";

/** What of a configuration decides how long its deployment may take. */
export type LimitedConfig = TimedFactors & CapturedFactors & { readyWithinSeconds: number; runs: number };

/** Seconds for what a deployment takes beside its fleets and its runs. */
const besideSeconds = 600;

/** A timer of Node.js counts milliseconds in 31 bits. */
const mostSeconds = Math.floor((2 ** 31 - 1) / 1000);

/**
 * Seconds after which a deployment is given up as a hang: two fleets that take all the time they may, and every run with all
 * its attempts at their limits.
 */
export const deploymentLimitSeconds = (
  { readyWithinSeconds, runs, ...factors }: LimitedConfig,
  fidelity: Fidelity,
): number => besideSeconds + 2 * readyWithinSeconds + runs * runBudget(factors, fidelity).runSeconds;

/** Packets whose output, 2 MiB at the most, a Main VM of the least memory still holds beside itself. */
const packetsThatEveryGuestHolds = 10_000;

/** What a run cannot do: what its guest cannot hold, and what nobody could wait for. */
export function impossibleRuns(
  { guestMemoryMiB, ...config }: LimitedConfig & Pick<FactorValues, "guestMemoryMiB" | typeof mainVmKeys.driver>,
  fidelity: Fidelity,
): Problem[] {
  const neededMiB = leastGuestMiB + Math.ceil(runBudget(config, fidelity).outputBytes / 2 ** 20);
  const seconds = deploymentLimitSeconds(config, fidelity);
  const days = (value: number) => (value / 86_400).toFixed(0);
  const perRun = runBudget(config, fidelity).runSeconds;
  const room = Math.floor((mostSeconds - deploymentLimitSeconds({ ...config, runs: 0 }, fidelity)) / perRun);
  return [
    ...(endpointOf(driverAt(config[mainVmKeys.driver], "sender")).hasOwnMachine &&
    config.packets > packetsThatEveryGuestHolds &&
    guestMemoryMiB < neededMiB
      ? [
          {
            key: mainVmKeys.memoryMiB,
            value: guestMemoryMiB,
            found: `${guestMemoryMiB} does not hold the output of ping for ${config.packets} packets`,
            allowed: `at least ${neededMiB}, or fewer packets`,
          },
        ]
      : []),
    ...(seconds > mostSeconds
      ? [
          {
            key: "runs",
            value: config.runs,
            found: `${config.runs} of ${[`${config.packets} packets`, ...(config.probes ?? [])].join(" and ")} may take ${days(seconds)} days on ${fidelity} servers`,
            allowed: `at most ${days(mostSeconds)} days a deployment, which is ${room} of these runs`,
          },
        ]
      : []),
  ];
}
