import { type LoadKinds, leastRates, loadKinds } from "../../study/loads/loads.ts";
import type { ServerPlan } from "../plan/plan.ts";
import { endpointOf } from "../vm/drivers.ts";

/**
 * The least that each background VM of a server must be seen to do, by rate.
 * @param cpus CPUs of the server
 */
export function leastOf(
  { main, background, load }: ServerPlan,
  cpus: number,
  kinds: LoadKinds = loadKinds,
): Readonly<Record<string, number>> {
  const { vcpus, vms } = background;
  return leastRates(
    load,
    {
      vcpus,
      fairCpuPercent: (100 * cpus * vcpus) / ((endpointOf(main.driver).hasOwnMachine ? main.vcpus : 0) + vms * vcpus),
    },
    kinds,
  );
}
