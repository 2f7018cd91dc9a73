import { canonicalJson, sha256 } from "../lib/canonical.ts";
import type { Factors, Scenario } from "../measure/results/scenario.ts";
import type { Config } from "./config/schema.ts";
import { fleetRoles, planOf } from "./plan/plan.ts";

const ends = (values: readonly string[]) => [...new Set(values)].join("~");

function loadOf(config: Omit<Config, "hosts">): Factors["load"] {
  const { loadType, loadLocation: location } = config;
  if (loadType === "none" || config.backgroundVms === 0) return null;
  if (loadType === "cpu") return { type: "cpu", location, percent: config.cpuLoadPercent };
  return {
    type: "network",
    location,
    mbps: config.networkLoadMbps,
    packetBytes: config.networkLoadPacketBytes,
    burstPackets: config.networkLoadBurstPackets,
  };
}

/** "2xvirtio-bridge-cpu-at-sender": who competes and how, for people. */
function competition({ background, load }: Factors): string {
  if (background === null) return "bg0";
  const does = load === null ? "idle" : `${load.type}-at-${load.location}`;
  return `bg${background.vms}-${background.driver}_${does}`;
}

/** The factors of a scenario, from a stack's configuration; what means nothing in it is left out, so that equal scenarios are equal. */
export function scenarioOf(config: Omit<Config, "hosts">): Scenario {
  const plan = planOf(config);
  const fleets = fleetRoles(plan);
  const { vms, memoryMiB, vcpus } = plan[fleets[0] ?? "sender"].background;
  const vlan = { main: config.mainVlan, background: fleets.length > 0 ? config.backgroundVlan : 0 };
  const factors: Factors = {
    mainDriver: { sender: plan.sender.main.driver, responder: plan.responder.main.driver },
    background:
      fleets.length === 0
        ? null
        : { vms, driver: ends(fleets.map((role) => plan[role].background.driver)), memoryMiB, vcpus },
    load: loadOf(config),
    packets: config.packets,
    frameBytes: config.frameBytes,
    pingRatePps: config.pingRatePps,
    neighbour: config.neighbour,
    cpuWindowSeconds: config.cpuWindowSeconds,
    guest: { memoryMiB: config.guestMemoryMiB, vcpus: config.guestCpus },
    ...(vlan.main + vlan.background > 0 && { vlan }),
  };
  const hash = sha256(canonicalJson(factors));
  const main = ends([factors.mainDriver.sender, factors.mainDriver.responder]);
  const rate = factors.pingRatePps === 1000 ? "1kpps" : "1Mpps";
  return { name: `${main}_${competition(factors)}_${rate}_${hash.slice(0, 8)}`, sha256: hash, factors };
}
