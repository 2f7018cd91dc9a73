import { capacityByKey, capacityOf, statedCapacity } from "../capacity.ts";
import { missing, ok, type ServerCheck, type Subject, warning } from "../check.ts";
import { setCommand, writeCommand } from "../hosts-source.ts";

const what = "stated capacity";

function mendOf({ role, source }: Subject, values: readonly (readonly [string, number])[]): string {
  return writeCommand(source) ?? values.map(([key, value]) => setCommand(source, role, key, value)).join(" && ");
}

/** What the hosts' description says of a server, which preview goes by and up verifies, against what the server has. */
export const stated: ServerCheck = (subject) => {
  const { host, facts } = subject;
  const has = [...capacityByKey(capacityOf(host, facts))];
  const tooMuch = has.filter(([key, value]) => (statedCapacity(host, key) ?? 0) > value);
  if (tooMuch.length > 0)
    return [
      missing(
        what,
        tooMuch.map(([key, value]) => `${key}: ${statedCapacity(host, key)} stated, ${value} there`).join("; "),
        mendOf(subject, tooMuch),
      ),
    ];
  const unsaid = has.filter(([key]) => statedCapacity(host, key) === undefined);
  if (unsaid.length > 0)
    return [
      warning(
        what,
        `${unsaid.map(([key]) => key).join(", ")} not stated, so preview cannot check against it`,
        mendOf(subject, unsaid),
      ),
    ];
  return [ok(what, has.map(([key]) => `${key} ${statedCapacity(host, key)}`).join(", "))];
};
