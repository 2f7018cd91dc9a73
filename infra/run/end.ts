import { targetOf } from "../../lib/ssh/target.ts";
import type { AsDeployedSpec, BackgroundSpec, End } from "../../measure/probe/spec.ts";
import { runsInStepAlone } from "../../study/loads/loads.ts";
import { capturesOff } from "../../study/terms.ts";
import type { Host } from "../config/hosts.ts";
import { layerNames } from "../layer-names.ts";
import { loadProcesses } from "../load/commands.ts";
import { leastOf } from "../load/share.ts";
import { bridgeName } from "../plan/placement.ts";
import type { ServerPlan } from "../plan/plan.ts";
import { backgroundIndices, backgroundNames, identityOf, otherEnd, type PairEnd } from "../vm/addresses.ts";
import { captureOf, endpointOf } from "../vm/drivers.ts";
import type { Unseen } from "../vm/ports/port.ts";

/** What a server must still have as it was made, before a run. */
function deployedOf({ pfs }: Host, { background, ...plan }: ServerPlan, main: string): AsDeployedSpec {
  const endpoint = layerNames.endpoint(endpointOf(plan.main.driver).id, main);
  const kind = endpointOf(background.driver).id;
  return {
    ports: pfs.map(({ name, vfs }) => ({ name, vfs })),
    main: endpoint,
    layers: [
      ...pfs.map(({ name }) => layerNames.nic(name)),
      layerNames.bridge(bridgeName),
      endpoint,
      ...backgroundNames(background.vms).map((name) => layerNames.endpoint(kind, name)),
    ],
  };
}

const switchedOff: Unseen = { unseen: capturesOff };

/** What each run starts in a server's background VMs, on servers that share a clock. */
function inStepOf(at: PairEnd, { background, load }: ServerPlan): NonNullable<BackgroundSpec["inStep"]> {
  if (!runsInStepAlone(load.type)) return [];
  return backgroundIndices(background.vms).flatMap((index) => {
    const vm = { vcpus: background.vcpus, peerIp: identityOf(otherEnd(at), index).ip };
    const sent = loadProcesses(load, vm).filter(({ receives }) => !receives);
    return sent.map(({ command }) => ({ vm: identityOf(at, index).name, command }));
  });
}

/**
 * What the runner has to know of one end: its server, its Main endpoint, where packets can be captured, and what must be seen of
 * its background VMs.
 * @param cpus CPUs of the server
 * @param sharesClock whether it shares a clock with the other one during a run
 */
export function endOf(at: PairEnd, host: Host, plan: ServerPlan, cpus: number, sharesClock: boolean): End {
  const { name, mac, ip } = identityOf(at, 0);
  const { main, background, load } = plan;
  const ofBackground: BackgroundSpec = {
    endpoint: endpointOf(background.driver).id,
    vms: backgroundNames(background.vms),
    load: load.type,
    least: leastOf(plan, cpus),
    ...(sharesClock && { inStep: inStepOf(at, plan) }),
  };
  return {
    ssh: targetOf(host),
    pf: host.pfs[0]?.name ?? "",
    ...(typeof host.pinnedCore === "number" && { pinnedCore: host.pinnedCore }),
    domainType: host.domainType,
    main: { endpoint: endpointOf(main.driver).id, name, mac, ip, driver: main.driver },
    deployed: deployedOf(host, plan, name),
    capture: plan.isCaptured ? captureOf(main.driver) : { nic: switchedOff, virt: switchedOff },
    ...(background.vms > 0 && { background: ofBackground }),
  };
}
