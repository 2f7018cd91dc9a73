import { canonicalJson, sha256 } from "../lib/canonical.ts";
import type { Scenario } from "../measure/results/scenario.ts";
import type { Config } from "./config/schema.ts";

/** The factors of a scenario, from a stack's configuration; what means nothing in it is left out, so that equal scenarios are equal. */
export function scenarioOf(config: Omit<Config, "hosts">): Scenario {
  const { mainDriver } = config;
  const factors = {
    mainDriver: typeof mainDriver === "string" ? { sender: mainDriver, responder: mainDriver } : mainDriver,
    background: null,
    load: null,
    packets: config.packets,
    frameBytes: config.frameBytes,
    pingRatePps: config.pingRatePps,
    neighbour: config.neighbour,
    cpuWindowSeconds: config.cpuWindowSeconds,
    guest: { memoryMiB: config.guestMemoryMiB, vcpus: config.guestCpus },
  };
  const hash = sha256(canonicalJson(factors));
  const { sender, responder } = factors.mainDriver;
  const ends = sender === responder ? sender : `${sender}~${responder}`;
  const rate = factors.pingRatePps === 1000 ? "1kpps" : "1Mpps";
  return { name: `${ends}_bg0_${rate}_${hash.slice(0, 8)}`, sha256: hash, factors };
}
