import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bridgedFramesFunctions } from "../../lib/bridged-frames.ts";
import { LabError, messageOf } from "../../lib/errors.ts";
import { type Role, roles } from "../../lib/roles.ts";
import { connectSsh, handshakeMs, type SshConnection } from "../../lib/ssh/connect.ts";
import { shellVariables } from "../../lib/ssh/quote.ts";
import { targetOf } from "../../lib/ssh/target.ts";
import type { Host, Inventory } from "../config/hosts.ts";
import { Gateway } from "../gateway/gateway.ts";
import { bridgeName } from "../plan/placement.ts";
import type { Plan, ServerPlan } from "../plan/plan.ts";
import { nicLimitsFunctions } from "../preflight.ts";
import { allPackages, toolWords } from "../server-tools.ts";
import { connection, type Finding, type Lease, missing, type Now, type Use } from "./check.ts";
import type { Facts } from "./facts.ts";
import { parseFacts } from "./parse-facts.ts";
import { tryWays, type Way } from "./ways.ts";

/** What a server has said of itself, or that it could not be asked, and why. */
export type Examined = { facts: Facts; lease: Lease; inUse: Use; now: Now; ways: Way[] } | { failure: Finding };

const script = readFileSync(join(import.meta.dirname, "facts.sh"), "utf8");

/** The script that asks a server what it is and has; parseFacts reads its answer. */
export const factsScript = ({ pfs }: Pick<Host, "pfs">) =>
  [
    shellVariables({ PFS: pfs.map(({ name }) => name).join(" "), BRIDGE: bridgeName, TOOLS: toolWords(allPackages) }),
    bridgedFramesFunctions,
    nicLimitsFunctions,
    script,
  ].join("\n");

const scriptInMessages = "(the doctor's script)";

const onOneLine = (message: string) => message.replace(/\s*\n\s*/g, " ");

/** Who has the server, and whom a deployment would take something from: what `up` asks before it changes anything. */
async function useOf(
  ssh: SshConnection,
  host: Host,
  plan: ServerPlan | undefined,
  timeoutMs: number,
): Promise<{ lease: Lease; inUse: Use; now: Now }> {
  // It brings the Pulumi SDK with it, which takes as long to load as a server to answer.
  const { observeScript, parseObservation } = await import("../observe.ts");
  try {
    const answer = await ssh.run(observeScript(host, plan), { timeoutMs, name: scriptInMessages });
    const { lease, inUse, boot, freeMiB } = parseObservation(answer);
    return { lease: lease ?? "free", inUse, now: { boot, freeMiB } };
  } catch (error) {
    if (error instanceof LabError)
      return {
        lease: { unknown: onOneLine(error.message) },
        inUse: [],
        now: { boot: undefined, freeMiB: undefined },
      };
    throw error;
  }
}

async function examineOne(
  role: Role,
  host: Host,
  plan: Plan | undefined,
  gateway: Gateway,
  timeouts: Timeouts,
): Promise<Examined> {
  let ssh: SshConnection;
  try {
    ssh = await connectSsh(role, host, timeouts.connectMs);
  } catch (error) {
    return { failure: missing(connection, messageOf(error)) };
  }
  try {
    await gateway.announce([{ name: role, target: targetOf(host) }]);
    const [answer, use, ways] = await Promise.all([
      ssh.run(factsScript(host), { timeoutMs: timeouts.answerMs, name: scriptInMessages }),
      useOf(ssh, host, plan?.[role], timeouts.answerMs),
      tryWays(role, host),
    ]);
    return { facts: parseFacts(answer), ...use, ways };
  } catch (error) {
    if (error instanceof LabError) return { failure: missing("answer", onOneLine(error.message)) };
    throw error;
  } finally {
    ssh.close();
  }
}

export interface Timeouts {
  connectMs: number;
  answerMs: number;
}

/**
 * Asks both servers, side by side, what they are and have; nothing is changed on them. A server that cannot be reached,
 * shows another host key or does not answer is part of the result, and the other one is asked all the same.
 * @param plan of the stack that is to be deployed: whether somebody has VMs of its names is asked
 */
export async function examine(
  { hosts }: Inventory,
  plan?: Plan,
  timeouts: Timeouts = { connectMs: handshakeMs, answerMs: 120_000 },
): Promise<Record<Role, Examined>> {
  const gateway = await Gateway.open(null);
  try {
    const examineRole = (role: Role) => examineOne(role, hosts[role], plan, gateway, timeouts);
    const [sender, responder] = await Promise.all(roles.map(examineRole));
    if (!sender || !responder) throw new RangeError("unreachable: there are two roles");
    return { sender, responder };
  } finally {
    await gateway.close();
  }
}
