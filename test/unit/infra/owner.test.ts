import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deployerOf, earlierLease, ownerOf, whenDead } from "../../../infra/owner.ts";

const operator = fc.record({
  machineId: fc.option(fc.constantFrom("a".repeat(32), "b".repeat(32)), { nil: undefined }),
  host: fc.constantFrom("lab", "rack-1"),
  user: fc.constantFrom("root", "ada"),
});
const place = fc.tuple(
  operator,
  fc.constantFrom("first", "second"),
  fc.constantFrom("/home/x/testbed", "/srv/testbed"),
);

describe("who has leased a server", () => {
  it("is another one for another machine, user, checkout or stack, and the same for the same", () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        const [one, other] = [a, b].map(([where, stack, checkout]) => ownerOf(stack, checkout, where));
        expect(one === other).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  it("can be read: stack, user, machine and checkout, on one line", () => {
    expect(ownerOf("rack", "/home/ada/testbed", { machineId: "a".repeat(32), host: "lab", user: "ada" })).toMatch(
      /^stack rack \(ada@lab:\/home\/ada\/testbed, operator [0-9a-f]{10}\)$/,
    );
    expect(ownerOf("rack", "/x")).toBe(ownerOf("rack", "/x"));
  });
});

describe("a lease that an earlier version took, by a name that all machines called alike share,", () => {
  const owner = ownerOf("rack", "/home/ada/testbed", { machineId: undefined, host: "lab", user: "ada" });

  it("locks nobody out without a word: what gives it back is told", () => {
    expect(earlierLease("stack rack (lab:/home/ada/testbed)", owner)).toMatch(/earlier version.*\.\/lab destroy rack/);
  });

  it.each(["stack rack (other:/home/ada/testbed)", "stack first (lab:/home/ada/testbed)", owner, "somebody"])(
    "is none where it says %s",
    (holder) => expect(earlierLease(holder, owner)).toBeUndefined(),
  );
});

describe("what is done about the lease of a stack that is dead", () => {
  const where = { machineId: undefined, host: "lab", user: "ada" };
  const owner = ownerOf("campaign", "/srv/rtt", where);

  it("names the operator by which a bucket has the state, and the servers as they are described", () => {
    const { operator } = deployerOf("/srv/rtt", where);
    expect(whenDead("sender", owner, "servers-2.json")).toBe(
      `when it is dead: ./lab hosts release sender --force --hosts servers-2.json, or, where its results go to a bucket, ./lab campaign clear s3://BUCKET/PREFIX ${operator} --hosts servers-2.json`,
    );
    expect(whenDead("sender", owner, ".lab/hosts.json")).toMatch(new RegExp(`PREFIX ${operator}$`));
    expect(whenDead("sender", owner, undefined)).toMatch(/--hosts FILE \(FILE: a JSON file with both servers\)$/);
  });

  it("names no operator that the lease does not", () => {
    expect(whenDead("responder", "somebody", undefined)).not.toContain("clear");
  });
});
