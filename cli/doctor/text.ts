import type { Host } from "../../infra/config/hosts.ts";
import type { Check, Status } from "../../infra/doctor/check.ts";
import type { Diagnosis } from "../../infra/doctor/doctor.ts";
import type { Role } from "../../lib/roles.ts";

function section(heading: string, checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ what }) => what.length));
  const lines = checks.map(({ status, what, found, mend }) => {
    const end = mend === undefined ? "" : `  -> ${mend}`;
    return `  ${status.padEnd("warning".length)}  ${what.padEnd(width)}  ${found.replace(/\s*\n\s*/g, " ")}${end}`;
  });
  return [heading, ...lines].join("\n");
}

function summary(checks: readonly Check[]): string {
  const count = (status: Status) => checks.filter((check) => check.status === status).length;
  const warnings = count("warning");
  const sums = `${count("ok")} ok, ${warnings} ${warnings === 1 ? "warning" : "warnings"}, ${count("missing")} missing`;
  return checks.some(({ mend }) => mend !== undefined)
    ? `${sums}; what stands after -> mends it: ./lab on this machine, other commands as root on the server`
    : sums;
}

/** A diagnosis for people: a section for each server and for the stack, a line a check, and how many are how. */
export function diagnosisText(
  { servers, stack }: Diagnosis,
  hosts: Record<Role, Pick<Host, "address" | "port" | "user">>,
  stackName?: string,
): string {
  const heading = (role: Role) => `${role} (${hosts[role].user}@${hosts[role].address}:${hosts[role].port})`;
  return [
    section(heading("sender"), servers.sender),
    section(heading("responder"), servers.responder),
    ...(stack ? [section(`stack ${stackName}`, stack)] : []),
    summary([...servers.sender, ...servers.responder, ...(stack ?? [])]),
  ].join("\n\n");
}
