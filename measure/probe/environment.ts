import { chainWords, parseBridgedFrames } from "../../lib/bridged-frames.ts";
import type { Role } from "../../lib/roles.ts";
import type { ServerConditions } from "../results/conditions.ts";
import { type Fidelity, isEmulated } from "../results/fidelity.ts";
import { hostKeySha256 } from "../results/server-keys.ts";
import type { RawRun } from "./raw-run.ts";
import type { End, RunSpec } from "./spec.ts";

const linesWith = (text: string | undefined, words: RegExp) =>
  (text ?? "")
    .split("\n")
    .filter((line) => words.test(line))
    .join("\n");

/**
 * The rules in the path of a VM on a bridge: its round-trip times compare with others only where the same stand there. How many rules
 * a chain has is in the manifest's facts and not here, because it changes whenever a container starts.
 */
function bridgedFramesOf({ main }: End, facts: Record<string, string>): { bridgedFrames?: string[] } {
  const text = facts["bridged-frames"];
  if (text === undefined || !main.driver.endsWith("-bridge")) return {};
  const { calls, chains } = parseBridgedFrames(text);
  const words = [...(calls ? ["br_netfilter"] : []), ...chains.map(chainWords).sort()];
  return words.length > 0 ? { bridgedFrames: words } : {};
}

/** In which state real CPUs and the cable measured. A deployment holds its own to it, and runs of two deployments are compared here alone. */
function stateOf(fidelity: Fidelity, { policy, ports }: ServerConditions): { state?: object } {
  if (isEmulated(fidelity)) return {};
  const { cpus: _, ...ofPolicy } = policy;
  const known = Object.entries(ofPolicy).filter(([, value]) => value !== "");
  const [main] = ports;
  return { state: { ...Object.fromEntries(known), linkMbps: main?.speedMbps ?? null, duplex: main?.duplex ?? "" } };
}

/**
 * What two runs must have in common to be runs of one scenario on one testbed, beside the factors: guest image,
 * kernels, hypervisor, NIC and its driver, and which servers; of real ones also how CPUs were driven, and the link.
 */
export function environmentOf(
  spec: Pick<RunSpec, "fidelity" | "clock" | "guestImage" | "ends">,
  raw: Pick<RawRun, "facts" | "conditions">,
): Record<string, unknown> {
  const server = (role: Role) => {
    const facts = raw.facts[role].before;
    return {
      hostKeySha256: hostKeySha256(spec.ends[role].ssh.hostKey),
      kernel: facts.kernel,
      cpus: facts.cpus,
      libvirt: facts.libvirt,
      // Left out where it is what it always was, so that the environment of older runs stays the same.
      ...(spec.ends[role].domainType !== "kvm" && { domainType: spec.ends[role].domainType }),
      tcpdump: facts.tcpdump,
      mpstat: facts.mpstat,
      ...bridgedFramesOf(spec.ends[role], facts),
      ...stateOf(spec.fidelity, raw.conditions[role]),
      nic: linesWith(facts[`driver ${spec.ends[role].pf}`], /^(driver|version|firmware-version):/),
    };
  };
  return {
    fidelity: spec.fidelity,
    ...(spec.clock && {
      clock: {
        kind: spec.clock.kind,
        nsPerInstruction: spec.clock.nsPerInstruction,
        wireLatencyNs: spec.clock.wireLatencyNs,
      },
    }),
    guestImage: spec.guestImage.sha256,
    guestKernel: spec.guestImage.release,
    sender: server("sender"),
    responder: server("responder"),
  };
}
