import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { expect, it } from "vitest";
import { DeploymentReport } from "../../../cli/stack/deployment-report.ts";

const urn = (name: string) => `urn:pulumi:demo::sriov-rtt::sriov-rtt:vm:Vm$libvirt:index/domain:Domain::${name}`;

const metadata = (name: string, op: string, custom = true, type = "libvirt:index/domain:Domain") => ({
  urn: urn(name),
  op,
  type,
  new: { custom },
});

/** Events as the engine sends them; the tests set only what the report reads. */
const event = (part: object) => ({ sequence: 1, timestamp: 0, ...part }) as EngineEvent;

function report(...events: object[]) {
  const lines: string[] = [];
  let now = 0;
  const result = new DeploymentReport(
    (line) => lines.push(line),
    () => {
      now += 1500;
      return now;
    },
  );
  for (const one of events) result.accept(event(one));
  return { lines, errors: result.errors, times: result.times };
}

it("says what was done to a resource and how long it took", () => {
  const { lines, times } = report(
    { resourcePreEvent: { metadata: metadata("sender-main", "create-replacement") } },
    { resOutputsEvent: { metadata: metadata("sender-main", "create-replacement") } },
  );
  expect(lines).toEqual(["    sender-main: made again in 1.5 s"]);
  expect(times).toEqual([{ component: "sriov-rtt:vm:Vm", fromMs: 1500, toMs: 3000 }]);
});

it("is silent about what stays, about components and about providers", () => {
  const { lines } = report(
    { resOutputsEvent: { metadata: metadata("a", "same") } },
    { resOutputsEvent: { metadata: metadata("b", "create", false) } },
    { resOutputsEvent: { metadata: metadata("c", "create", true, "pulumi:providers:libvirt") } },
  );
  expect(lines).toEqual([]);
});

it("remembers each error once, with the resource and without colours", () => {
  const diagnostic = { severity: "error", urn: urn("sender-main"), message: "<{%fg 1%}>no such VF<{%reset%}>\n" };
  const { lines, errors } = report(
    { diagnosticEvent: diagnostic },
    { diagnosticEvent: diagnostic },
    { diagnosticEvent: { severity: "warning", message: "never mind" } },
    { resOpFailedEvent: { metadata: metadata("sender-main", "create") } },
  );
  expect(errors).toEqual(["sender-main: no such VF"]);
  expect(lines).toEqual(["    sender-main: failed (create)"]);
});

it("tells a failure once that provider and engine both report, in the longer of the two", () => {
  const of = (message: string, more: object = {}) => ({
    diagnosticEvent: { severity: "error", urn: urn("sender-main"), message, ...more },
  });
  const { errors } = report(
    of("error: creating the domain: no such VF"),
    of("error: 1 error occurred:\n\t* creating the domain: no such VF\n\n"),
    of("error: creating the domain: no such VF: 0000:01:10.0"),
    of("error: another failure"),
  );
  expect(errors).toEqual([
    "sender-main: error: creating the domain: no such VF: 0000:01:10.0",
    "sender-main: error: another failure",
  ]);
});
