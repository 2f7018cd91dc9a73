import fc from "fast-check";
import { expect, it } from "vitest";
import { missingCaptures, unavailableRecord } from "../../../measure/results/unavailable.ts";

const bypassed = "packets bypass the host kernel";

it("tells each metric that a missing capture costs, with the point and the reason, and the published ones in words", () => {
  const { missing, unavailable } = unavailableRecord({ "responder.nic": bypassed, "responder.virt": bypassed });
  expect(missing).toContainEqual({ metric: "responseTime", at: "responder.nic", reason: bypassed });
  expect(missing).toContainEqual({ metric: "wire", at: "responder.nic", reason: bypassed });
  expect(missing?.filter(({ metric }) => metric === "overhead" || metric === "rtt")).toEqual([]);
  expect(unavailable).toEqual({ responseTime: `at the responder: ${bypassed}` });
  expect(unavailableRecord({})).toEqual({ missing: [], unavailable: {} });
});

it("costs a point that is missing alone what is found there, and leaves what the other of its server gives", () => {
  const { missing, unavailable } = unavailableRecord({ "sender.virt": "no VM" });
  expect(missing?.map(({ metric, at }) => [metric, at])).toEqual([
    ["senderGuest", "sender.virt"],
    ["senderOut", "sender.virt"],
    ["senderIn", "sender.virt"],
  ]);
  expect(unavailable).toEqual({});
});

it("tells CPU usage of both servers where it was not sampled, at no capture point", () => {
  const { missing, unavailable } = unavailableRecord({ "sender.virt": "no VM" }, "mpstat is off");
  expect(missing?.filter(({ at }) => at === null)).toEqual(
    ["cpuSender", "cpuResponder"].map((metric) => ({ metric, at: null, reason: "mpstat is off" })),
  );
  expect(unavailable).toEqual({});
  expect(missingCaptures({ missing, unavailable })).toEqual({ "sender.virt": "no VM" });
});

it("gives the reasons back as they were, whatever words are in them", () => {
  const words = fc.constantFrom("a", "b", "at the sender: at the sender: twice");
  const reasons = fc.record(
    { "sender.virt": words, "sender.nic": words, "responder.nic": words, "responder.virt": words },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(reasons, (given) => {
      expect(missingCaptures(unavailableRecord(given))).toEqual({ ...given });
    }),
  );
});

it("reads runs that were measured before, which have the words alone", () => {
  const unavailable = { rttOverhead: `at the sender: ${bypassed}`, responseTime: "at the responder: no file" };
  expect(missingCaptures({ unavailable })).toEqual({
    ...{ "sender.virt": bypassed, "sender.nic": bypassed },
    ...{ "responder.nic": "no file", "responder.virt": "no file" },
  });
  expect(missingCaptures({ unavailable: {} })).toEqual({});
});
