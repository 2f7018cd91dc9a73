import fc from "fast-check";
import { expect, it } from "vitest";
import { serverScript } from "../../../infra/server-script.ts";
import { backgroundPrefix, identityOf, mainName } from "../../../infra/vm/addresses.ts";
import { domainMark } from "../../../infra/vm/domain-xml.ts";

// What the scripts of a server know of what the program decides.

it("the mark that scripts look for is the one that domains have", () => {
  expect(serverScript("in-use.sh")).toContain(`\ndomain_mark='${domainMark} '\n`);
});

it("the names by which scripts find domains of ours are those of every VM, and no others", () => {
  const [, pattern = ""] = /grep -E '(\^rtt-[^']*\$)'/.exec(serverScript("places.sh")) ?? [];
  const found = new RegExp(pattern);
  fc.assert(
    fc.property(
      fc.constantFrom("sender" as const, "responder" as const),
      fc.integer({ min: 0, max: 250 }),
      (role, index) => {
        expect(identityOf(role, index).name).toMatch(found);
      },
    ),
  );
  for (const other of [`${mainName}2`, backgroundPrefix, `${backgroundPrefix}x`, `x${mainName}`])
    expect(other).not.toMatch(found);
  expect(serverScript("places.sh")).toContain(`case $name in ${backgroundPrefix}*)`);
});
