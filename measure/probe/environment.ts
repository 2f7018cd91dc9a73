import { sha256 } from "../../lib/canonical.ts";
import type { RawRun, Role } from "./raw-run.ts";
import type { RunSpec } from "./spec.ts";

const linesWith = (text: string | undefined, words: RegExp) =>
  (text ?? "")
    .split("\n")
    .filter((line) => words.test(line))
    .join("\n");

/**
 * What two runs must have in common to be runs of one scenario on one testbed, beside the factors: guest image,
 * kernels, hypervisor, NIC and its driver, and which servers.
 */
export function environmentOf(spec: RunSpec, raw: RawRun): Record<string, unknown> {
  const server = (role: Role) => {
    const facts = raw.facts[role].before;
    return {
      hostKeySha256: sha256(spec.ends[role].ssh.hostKey),
      kernel: facts.kernel,
      cpus: facts.cpus,
      libvirt: facts.libvirt,
      // Left out where it is what it always was, so that the environment of older runs stays the same.
      ...(spec.ends[role].domainType !== "kvm" && { domainType: spec.ends[role].domainType }),
      tcpdump: facts.tcpdump,
      mpstat: facts.mpstat,
      nic: linesWith(facts[`driver ${spec.ends[role].pf}`], /^(driver|version|firmware-version):/),
    };
  };
  return {
    fidelity: spec.fidelity,
    guestImage: spec.guestImage.sha256,
    guestKernel: spec.guestImage.release,
    sender: server("sender"),
    responder: server("responder"),
  };
}
