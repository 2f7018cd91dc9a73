import { earlierLease, stackOf, whenDead } from "../../owner.ts";
import { ok, type ServerCheck, warning } from "../check.ts";

/** Who has the server: a testbed has one tenant. */
export const lease: ServerCheck = ({ role, lease, wanted, source }) => {
  const what = "lease";
  if (lease === "free") return [ok(what, "free")];
  if ("unknown" in lease) return [warning(what, `not known: ${lease.unknown}`)];
  const held = `${lease.owner} since ${lease.since.toISOString()}`;
  if (lease.owner === wanted?.tenant) return [ok(what, `held by this stack: ${held}`)];
  const earlier = wanted && earlierLease(lease.owner, wanted.tenant);
  const stack = stackOf(lease.owner);
  const mends = [
    ...(earlier ? [earlier] : stack ? [`./lab destroy ${stack}`] : []),
    whenDead(role, lease.owner, "file" in source ? source.file : undefined),
  ].join("; ");
  return [warning(what, `in use by ${held}; other stacks are refused`, mends)];
};
