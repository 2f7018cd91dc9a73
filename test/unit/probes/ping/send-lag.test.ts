import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchRun } from "../../../../measure/probes/ping/matching/match-run.ts";
import { metrics } from "../../../../study/metrics.ts";
import { madeRun } from "../../../support/made-run.ts";

const sendLagOf = ({ packets }: ReturnType<typeof matchRun>) => packets.map(({ values }) => values.sendLag);
const whyMissing = ({ packets }: ReturnType<typeof matchRun>) =>
  packets.map(({ missing }) => missing.sendLag?.reason ?? null);

/** Requests that leave 2 ms apart, where ping was to send one a millisecond. */
const lateRun = (count: number) => ({ ...madeRun(count), intervalNs: 1_000_000 });

describe("how far ping was behind its schedule", () => {
  it("is what lies between two requests, less the interval", () => {
    expect(sendLagOf(matchRun(lateRun(3)))).toEqual([null, 1_000_000, 1_000_000]);
    expect(sendLagOf(matchRun({ ...lateRun(3), intervalNs: 3_000_000 }))).toEqual([null, -1_000_000, -1_000_000]);
    expect(matchRun({ ...lateRun(3), intervalNs: 3_000_000 }).flagged.sendLag).toBe(0);
  });

  it("is missing of the first request, and of one after a request that nobody saw", () => {
    const run = lateRun(4);
    // Without a capture, when a request left is known by its reply alone.
    for (const name of Object.keys(run.points)) Object.assign(run.points, { [name]: { unavailable: "not captured" } });
    const printed = run.ping.replies.map((reply, at) => ({ ...reply, printedNs: BigInt(3_000_000 * at) }));
    run.ping.replies = printed.filter(({ index }) => index !== 2);
    run.ping.statistics.received = 3;
    const match = matchRun(run);
    expect(sendLagOf(match)).toEqual([null, null, null, 2_000_000]);
    expect(whyMissing(match)).toEqual([
      "no request was sent before it",
      "the packet was lost",
      "when the request before it left is not known",
      null,
    ]);
  });

  it("is unavailable where ping's interval is not known, or it printed nothing", () => {
    expect(matchRun(madeRun(1)).unavailable.sendLag?.reason).toBe("no request was sent before it");
    expect(matchRun(madeRun(3)).unavailable.sendLag?.reason).toBe(
      "what ping was to wait from request to request is not known",
    );
    expect(whyMissing(matchRun(madeRun(2)))[1]).toBe("what ping was to wait from request to request is not known");
  });

  it("is unavailable at frequencies for which ping has no schedule", () => {
    const { unavailable } = matchRun({ ...lateRun(4), intervalNs: 1000 });
    expect(unavailable.sendLag?.reason).toMatch(/^ping counts intervals in milliseconds/);
  });

  it("adds up to how late the last request was", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 2, maxLength: 50 }),
        fc.integer({ min: 1_000_000, max: 5_000_000 }),
        (gaps, intervalNs) => {
          let atNs = 0;
          let [sum, beforeNs]: [number, number | null] = [0, null];
          for (const gap of gaps) {
            atNs += gap;
            const sent = { atNs, beforeNs, isFirst: beforeNs === null, intervalNs };
            sum += metrics.sendLag.value({ rttNs: null, seen: {}, sent }) ?? 0;
            beforeNs = atNs;
          }
          expect(sum).toBe(atNs - (gaps[0] ?? 0) - (gaps.length - 1) * intervalNs);
        },
      ),
    );
  });
});
