import { expect, it } from "vitest";
import type { EchoExchange } from "../../../../measure/capture/exchange.ts";
import { matchRun } from "../../../../measure/probes/ping/matching/match-run.ts";
import { madeRun } from "../../../support/made-run.ts";

/** A run of which ping told the totals alone. */
function quietRun(sent: number, received: number) {
  const run = madeRun(sent);
  run.ping.replies = [];
  run.ping.statistics.received = received;
  return run;
}

it("packets of which ping printed no line are not lost", () => {
  const { packets, received, lostAfter, unavailable, notes } = matchRun(quietRun(5, 5));
  expect(received).toBe(5);
  expect(packets.map(({ lost }) => lost)).toEqual(Array(5).fill(false));
  expect(lostAfter).toEqual({});
  expect(packets[0]?.missing.rtt?.reason).toBe("ping printed no line");
  expect(unavailable.rtt).toEqual({ metric: "rtt", at: null, reason: "ping printed no line" });
  expect(packets[0]?.values.responseTime).toBe(300_000);
  expect(notes).toEqual(["ping printed no line for its packets (-q or -f): their RTTs are not known"]);
});

it("which of them were lost is not known", () => {
  const { packets, lostAfter } = matchRun(quietRun(5, 3));
  expect(packets.map(({ lost }) => lost)).toEqual(Array(5).fill(null));
  expect(lostAfter).toEqual({});
});

it("all of them were lost where ping received none", () => {
  const { packets, lostAfter } = matchRun(quietRun(5, 0));
  expect(packets.map(({ lost }) => lost)).toEqual(Array(5).fill(true));
  expect(lostAfter).toEqual({ "sender.virt reply": 5 });
});

it("a ping of the same id to another address is left out", () => {
  const run = madeRun(3);
  const others = run.points["sender.nic"].map((seen: EchoExchange) => ({ ...seen, target: "10.9.0.7", rttNs: 1 }));
  run.points["sender.nic"] = [...others, ...run.points["sender.nic"]];
  const { packets, points, notes } = matchRun(run);
  expect(packets.map(({ values }) => values.overhead)).toEqual([300_000, 300_000, 300_000]);
  expect(points["sender.nic"]).toMatchObject({ requests: 3, missing: 0 });
  expect(notes).toEqual(["sender.nic: left out 3 requests of ping's id to other addresses"]);
});
