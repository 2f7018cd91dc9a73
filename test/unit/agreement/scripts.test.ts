import fc from "fast-check";
import { expect, it } from "vitest";
import { serverScript } from "../../../infra/server-script.ts";
import { backgroundPrefix, identityOf, mainName } from "../../../infra/vm/addresses.ts";
import { domainMark } from "../../../infra/vm/domain-xml.ts";
import { attachments, drivers } from "../../../infra/vm/drivers.ts";
import { endpointIds } from "../../../lib/endpoints/kinds.ts";
import {
  endpointFolder,
  imagesFolder,
  keptFolder,
  leaseOwner,
  loadMark,
  volatileFolder,
} from "../../../lib/server-paths.ts";
import { callVariable } from "../../../lib/ssh/framing.ts";
import { textOf } from "../../support/documents.ts";

// What the scripts of a server know of what the program decides.

it("the folders on a server are those that the program names", () => {
  const roots = serverScript("roots.sh");
  for (const line of [
    `RUN=\${LAB_ROOT:-}${volatileFolder}`,
    `BEFORE=\${LAB_ROOT:-}${keptFolder}/before`,
    `IMAGES=\${LAB_ROOT:-}${imagesFolder}`,
  ])
    expect(roots.split("\n")).toContain(line);
  expect(`${endpointFolder("NAME")}`).toBe(`${volatileFolder}/endpoints/NAME`);
  expect(roots.split("\n")).toContain("ENDPOINTS=$RUN/endpoints");
  expect(serverScript("place-netns.sh")).toContain(`grep -q '^${callVariable}='`);
  expect(leaseOwner).toBe(`${volatileFolder}/lease/owner`);
  expect(serverScript("common.sh")).toContain('held_by() { line_of "$RUN/lease/owner" ');
  expect(loadMark).toBe(`${volatileFolder}/load`);
  expect(textOf("measure/probe/scripts/session.sh")).toContain(`DIR=$(mktemp -d ${volatileFolder}/run.XXXXXX)`);
});

it("the mark that scripts look for is the one that domains have", () => {
  expect(serverScript("in-use.sh")).toContain(`\ndomain_mark='${domainMark} '\n`);
});

it("the kinds of endpoints that scripts know are those that there are, each with its proof and a way to become ready", () => {
  expect(serverScript("roots.sh").split("\n")).toContain(
    endpointIds.length > 1 ? `ENDPOINT_KINDS='${endpointIds.join(" ")}'` : `ENDPOINT_KINDS=${endpointIds[0]}`,
  );
  for (const kind of endpointIds) {
    expect(serverScript("proof.sh")).toMatch(new RegExp(`^${kind}_proof\\(\\) `, "m"));
    expect(serverScript("proof.sh")).toContain(`${kind}-*) ${kind}_proof `);
    expect(serverScript("observe.sh")).toContain(` ${kind}-* `);
    expect(serverScript("ready.sh")).toContain(`\nready_${kind}() {`);
  }
});

it("the names by which scripts find domains of ours are those of every VM, and no others", () => {
  const [, pattern = ""] = /grep -E '(\^rtt-[^']*\$)'/.exec(serverScript("places.sh")) ?? [];
  const found = new RegExp(pattern);
  fc.assert(
    fc.property(
      fc.constantFrom("sender" as const, "responder" as const),
      fc.integer({ min: 0, max: 250 }),
      (role, index) => {
        expect(identityOf({ pair: 1, role }, index).name).toMatch(found);
      },
    ),
  );
  for (const other of [`${mainName}2`, backgroundPrefix, `${backgroundPrefix}x`, `x${mainName}`])
    expect(other).not.toMatch(found);
  expect(serverScript("places.sh")).toContain(`case $name in ${backgroundPrefix}*)`);
});

it("each driver's place has a script that makes it ready and gives it back", () => {
  // A namespace is a place of its own, which an endpoint's kind decides (infra/vm/endpoints/server-itself.ts).
  const kinds = new Set([...drivers.map((driver) => attachments[driver].hostSwitch.place), "netns"]);
  expect(kinds.size).toBeGreaterThan(1);
  for (const kind of kinds) {
    const script = serverScript(`place-${kind}.sh`);
    for (const step of ["prepare", "await", "finish", "release"]) expect(script).toContain(`${step}_${kind}() {`);
    expect(serverScript("slots.sh")).toContain(script);
    expect(serverScript("put-back.sh")).toContain(script);
  }
});
