import {
  type BridgedFrames,
  bridgedFramesFunctions,
  chainWords,
  losingChain,
  parseBridgedFrames,
  passCommand,
} from "../lib/bridged-frames.ts";
import { LabError } from "../lib/errors.ts";
import { blocksOf } from "../lib/facts.ts";
import { type Role, roles } from "../lib/roles.ts";
import { shellQuote } from "../lib/ssh/quote.ts";
import type { Problem } from "../study/problem.ts";
import { backgroundVmKeys, mainVmKeys } from "../study/terms.ts";
import type { Host, Inventory } from "./config/hosts.ts";
import { type NicLimits, nicProblems, parseNicLimits } from "./plan/nic-limits.ts";
import { bridgeName } from "./plan/placement.ts";
import type { Plan, ServerPlan } from "./plan/plan.ts";
import { serverScript } from "./server-script.ts";
import { isOnBridge } from "./vm/drivers.ts";

/** What can make a scenario fail on a server that has everything it asks for, as the server says it. */
export interface Preflight {
  /** By the interface of the PF; one without SR-IOV has none. */
  limits: ReadonlyMap<string, NicLimits>;
  bridgedFrames: BridgedFrames;
}

/** Shell functions, of which `nic_limits PF` prints what `parseNicLimits` reads. */
export const nicLimitsFunctions = serverScript("nic-limits.sh");

/** The script that asks a server for it; nothing is changed there. */
export const preflightScript = ({ pfs }: Pick<Host, "pfs">): string =>
  [
    ...[bridgedFramesFunctions, nicLimitsFunctions],
    `echo "@@bridged-frames"; bridged_frames ${bridgeName}`,
    `echo "@@nic-limits"; for pf in ${pfs.map(({ name }) => shellQuote(name)).join(" ")}; do nic_limits "$pf"; done`,
  ].join("\n");

/** Reads its answer. @throws LabError with what is not there or not understood */
export function parsePreflight(text: string): Preflight {
  const blocks = blocksOf(text);
  const [frames, limits] = [blocks.get("bridged-frames"), blocks.get("nic-limits")];
  if (frames === undefined || limits === undefined)
    throw new LabError("a server was asked for its packet filter and its NICs, and did not tell them");
  return { bridgedFrames: parseBridgedFrames(frames), limits: parseNicLimits(limits) };
}

function bridgeProblems(role: Role, { main, background }: ServerPlan, { bridgedFrames }: Preflight): Problem[] {
  const losing = losingChain(bridgedFrames);
  if (losing === undefined) return [];
  const users = [
    { key: mainVmKeys.driver, driver: main.driver },
    ...(background.vms > 0 ? [{ key: backgroundVmKeys.driver, driver: background.driver }] : []),
  ];
  return users
    .filter(({ driver }) => isOnBridge(driver))
    .map(({ key, driver }) => ({
      key,
      value: driver,
      found: `${driver} at the ${role} would lose every frame: the server's ${chainWords(losing)} drops what it has no rule for (Docker, Kubernetes and firewalls do this to bridges)`,
      allowed: `a driver on a VF, or a rule of your own there (${passCommand(losing, bridgeName)})`,
    }));
}

/** What a scenario asks of its servers and they would spoil or refuse. */
export const preflightProblems = ({ hosts }: Inventory, plan: Plan, seen: Record<Role, Preflight>): Problem[] =>
  roles.flatMap((role) => [
    ...nicProblems(role, hosts[role], plan[role], seen[role].limits),
    ...bridgeProblems(role, plan[role], seen[role]),
  ]);
