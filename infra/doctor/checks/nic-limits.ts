import type { Problem } from "../../../study/problem.ts";
import { type NicLimits, portProblems } from "../../plan/nic-limits.ts";
import { type Finding, lack, missing, ok, type ServerCheck, type Subject } from "../check.ts";
import { changeCommand } from "../hosts-source.ts";
import { portsOf, type SeenPort } from "./pf.ts";

const refusal = ({ source }: Subject, what: string, { key, found, allowed }: Problem): Finding =>
  missing(what, found, `${changeCommand(source, key)}  # allowed: ${allowed}`);

function sharedGroups({ wanted }: Subject, what: string, { sharedGroups }: NicLimits): Finding {
  const groups = [...sharedGroups].map(([vf, others]) => `VF ${vf} with ${others.join(", ")}`);
  return lack(wanted, (driver) => driver === "pci-passthrough")(
    what,
    `not alone in their IOMMU groups, and pci-passthrough hands over whole groups: ${groups.join("; ")}`,
    "put the card into a slot with PCIe ACS, or turn ACS on in the firmware",
  );
}

function limitsOf(subject: Subject, { pf, index }: SeenPort): Finding[] {
  const limits = subject.facts.nicLimits.get(pf.name);
  if (limits === undefined || pf.vfs === 0) return [];
  const what = `VF limits of ${pf.name}`;
  const problems = portProblems(subject.role, index, pf, limits);
  if (problems.length > 0) return problems.map((problem) => refusal(subject, what, problem));
  if (limits.sharedGroups.size > 0) return [sharedGroups(subject, what, limits)];
  const vectors = limits.vfVectors === undefined ? [] : [`${limits.vfVectors} MSI-X vectors`];
  return [ok(what, ["legacy mode", "room in memory and on the bus", ...vectors].join(", "))];
}

/** What can keep VFs from being made or handed over although the port has enough of them. */
export const nicLimits: ServerCheck = (subject) => portsOf(subject).flatMap((port) => limitsOf(subject, port));
