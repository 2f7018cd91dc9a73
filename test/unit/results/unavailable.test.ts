import { expect, it } from "vitest";
import { missingCaptures, unavailableRecord } from "../../../measure/results/unavailable.ts";

const bypassed = "packets bypass the host kernel";

it("tells each metric that a missing capture costs, with the point and the reason, and the published ones in words", () => {
  const { missing, unavailable } = unavailableRecord({ responder: bypassed });
  expect(missing).toContainEqual({ metric: "responseTime", at: "responder.nic", reason: bypassed });
  expect(missing).toContainEqual({ metric: "wire", at: "responder.nic", reason: bypassed });
  expect(missing?.filter(({ metric }) => metric === "overhead" || metric === "rtt")).toEqual([]);
  expect(unavailable).toEqual({ responseTime: `at the responder: ${bypassed}` });
  expect(unavailableRecord({})).toEqual({ missing: [], unavailable: {} });
});

it("gives the reasons back as they were, whatever words are in them", () => {
  for (const reasons of [
    {},
    { sender: bypassed },
    { sender: "a", responder: "b" },
    { sender: "at the sender: at the sender: twice" },
  ])
    expect(missingCaptures(unavailableRecord(reasons))).toEqual(reasons);
});

it("reads runs that were measured before, which have the words alone", () => {
  const unavailable = { rttOverhead: `at the sender: ${bypassed}`, responseTime: "at the responder: no file" };
  expect(missingCaptures({ unavailable })).toEqual({ sender: bypassed, responder: "no file" });
  expect(missingCaptures({ unavailable: {} })).toEqual({});
});
